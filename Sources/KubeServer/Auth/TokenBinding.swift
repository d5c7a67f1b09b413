import KubeModel
import Manifest

/// The object that a token of a service account is bound to: it is good only while that object is there.
///
/// A Pod, a Secret or a Node, named by `boundObjectRef` of a TokenRequest. A token of a pod says as well on which node
/// the pod is, for whoever wants to know; it does not end with the node.
struct TokenBinding: Sendable, Hashable {
    /// One object among all that ever had its name.
    struct Reference: Sendable, Hashable {
        var name: String
        var uid: String
    }

    var pod: Reference?
    var secret: Reference?
    var node: Reference?

    /// For how long an object that is being deleted still counts, since clocks differ.
    private static let leeway = Duration.seconds(60)

    /// Finds the object that is named.
    ///
    /// - Parameters:
    ///   - reference: `spec.boundObjectRef`; nothing for a token that is bound to its account alone.
    ///   - account: the service account's name.
    /// - Throws: 404 where there is no such object, 409 where it is another of the same name, 400 for one that no
    ///   token can be bound to.
    init(_ reference: Value?, account: String, namespace: String, in store: Store) throws(APIError) {
        guard let reference, reference.objectValue != nil else { return }
        let name = reference.text("name")
        let type = reference.text("apiVersion")
        let uid: String
        switch (type, reference.text("kind")) {
        case ("v1", "Pod"):
            let object = try Self.object(.pods, namespace, name, in: store)
            guard object.text("spec", "serviceAccountName", absent: "default") == account else {
                throw .badRequest(
                    "cannot bind token for serviceaccount \(GoFormat.quoted(account)) to pod running with different"
                        + " serviceaccount name.")
            }
            uid = object.metadata.uid
            pod = Reference(name: name, uid: uid)
            let place = object.text("spec", "nodeName")
            if !place.isEmpty {
                // A node that is not known is still told by its name.
                let found = store.value(of: .nodes, name: place)
                node = Reference(name: place, uid: found?.metadata.uid ?? "")
            }
        case ("v1", "Secret"):
            uid = try Self.object(.secrets, namespace, name, in: store).metadata.uid
            secret = Reference(name: name, uid: uid)
        case ("v1", "Node"):
            uid = try Self.object(.nodes, "", name, in: store).metadata.uid
            node = Reference(name: name, uid: uid)
        case (_, let kind):
            let group = type.contains("/") ? type : "/\(type)"
            throw .badRequest("cannot bind token to object of type \(group), Kind=\(kind)")
        }
        let wanted = reference.text("uid")
        guard wanted.isEmpty || wanted == uid else {
            throw .conflict(
                GroupResource(resource: reference.text("kind")), name: name,
                "the UID in the bound object reference (\(wanted)) does not match the UID in record. The object might"
                    + " have been deleted and then recreated")
        }
    }

    private static func object(
        _ resource: GroupResource, _ namespace: String, _ name: String, in store: Store
    ) throws(APIError) -> Value {
        guard let object = store.value(of: resource, namespace: namespace, name: name) else {
            throw .notFound(resource, name: name)
        }
        return object
    }
}

extension TokenBinding {
    /// Reads what ``claims`` has written, from the claim `kubernetes.io` of a token.
    init(claims: Value) {
        func reference(_ kind: String) -> Reference? {
            guard let claim = claims[kind] else { return nil }
            return Reference(name: claim.text("name"), uid: claim.text("uid"))
        }
        pod = reference("pod")
        secret = reference("secret")
        node = reference("node")
    }

    /// What a token says of it, beside its account.
    var claims: [Object.Pair] {
        [("pod", pod), ("secret", secret), ("node", node)].compactMap { kind, reference in
            guard let reference else { return nil }
            var claim: Object = ["name": .string(reference.name)]
            if !reference.uid.isEmpty { claim["uid"] = .string(reference.uid) }
            return Object.Pair(key: kind, value: .object(claim))
        }
    }

    /// What is known of a user by it.
    var extra: [String: [String]] {
        var extra: [String: [String]] = [:]
        for (kind, reference) in [("pod", pod), ("node", node)] {
            guard let reference else { continue }
            extra["authentication.kubernetes.io/\(kind)-name"] = [reference.name]
            if !reference.uid.isEmpty { extra["authentication.kubernetes.io/\(kind)-uid"] = [reference.uid] }
        }
        return extra
    }

    /// Whether the object is still there.
    func holds(namespace: String, at moment: Timestamp, in store: Store) -> Bool {
        func isThere(_ resource: GroupResource, _ namespace: String, _ reference: Reference?) -> Bool {
            guard let reference else { return true }
            let object = store.value(of: resource, namespace: namespace, name: reference.name)
            return object.map { Self.counts($0, uid: reference.uid, at: moment) } ?? false
        }
        return isThere(.pods, namespace, pod) && isThere(.secrets, namespace, secret)
            && (pod != nil || isThere(.nodes, "", node))
    }

    /// Whether an object is the one of a uid and not gone, or so lately that it still counts.
    static func counts(_ object: Value, uid: String, at moment: Timestamp) -> Bool {
        guard object.metadata.uid == uid else { return false }
        guard let end = object.metadata.deletionTimestamp else { return true }
        return moment.duration(since: end) <= leeway
    }
}

extension GroupResource {
    fileprivate static let pods = GroupResource(resource: "pods")
    fileprivate static let secrets = GroupResource(resource: "secrets")
    fileprivate static let nodes = GroupResource(resource: "nodes")
}
