import KubeModel
import Manifest

/// The changes that come with the verb `steer`: those of people who guide what others own.
///
/// To cancel a run is a patch of its `spec`, to promote a rollout one of its `status`; whoever could patch those
/// could as well change what is run and what is promoted. So a role gives `steer` instead of `patch`: a patch or an
/// update by someone who has only that verb passes authorisation, and ``SteeringLimits`` holds it to the fields below.
enum Steering: Sendable, Hashable {
    /// `spec.cancel` of a PipelineRun, from false to true.
    case cancelling
    /// `spec.paused` of a Rollout.
    case pausing
    /// `status` of a Rollout, as `kubectl argo rollouts promote`, `abort` and `retry` change it.
    case promoting
    /// A refresh and a sync of an Application, to what git says.
    case syncing
    /// The end of a Release's quarantine, in its `status`.
    case lifting

    static let verb = "steer"

    /// What can be steered by writing the resource; nil where nothing can.
    init?(group: String, resource: String, subresource: String) {
        switch (group, resource, subresource) {
        case ("slipway.dev", "pipelineruns", ""): self = .cancelling
        case ("argoproj.io", "rollouts", ""): self = .pausing
        case ("argoproj.io", "rollouts", "status"): self = .promoting
        case ("argoproj.io", "applications", ""): self = .syncing
        case ("slipway.dev", "releases", "status"): self = .lifting
        default: return nil
        }
    }

    /// Why a change is more than steering; nil where it is not.
    ///
    /// - Parameter user: who changes it.
    func excess(from old: Value, to new: Value, by user: String) -> String? {
        let (before, after) = (Self.content(of: old), Self.content(of: new))
        switch self {
        case .cancelling:
            guard new["spec", "cancel"]?.boolValue == true || old["spec", "cancel"] == new["spec", "cancel"]
            else { return "spec.cancel can only be set to true" }
            return Self.difference(before, after, besides: "spec", ["cancel"])
        case .pausing:
            return Self.difference(before, after, besides: "spec", ["paused"])
        case .promoting:
            if let fault = Self.promotionFault(from: old, to: new) { return fault }
            return Self.difference(before, after, besides: "status", Self.promotionFields)
        case .syncing:
            if let fault = Self.syncFault(from: old["operation"], to: new["operation"], user) { return fault }
            return Self.difference(
                Self.withoutWishes(before), Self.withoutWishes(after), besides: "spec", [])
        case .lifting:
            guard old["status", "phase"]?.stringValue == ReleaseStatus.Phase.quarantined.rawValue,
                new["status", "phase"]?.stringValue == ReleaseStatus.Phase.available.rawValue
            else { return "status.phase can only go from Quarantined to Available" }
            return Self.difference(before, after, besides: "status", ["phase", "reason", "message"])
        }
    }

    /// A sync brings what git says, and nothing else: no other revision, source or manifests.
    private static func syncFault(from old: Value?, to new: Value?, _ user: String) -> String? {
        guard old != new else { return nil }
        guard old == nil, let new else { return "operation can only be asked for, and one at a time" }
        if let field = new.objectValue?.first(where: { !["initiatedBy", "sync", "info"].contains($0.key) }) {
            return "operation.\(field.key) cannot be asked for by steering"
        }
        if let field = new["sync"]?.objectValue?.first(where: { $0.key != "prune" }) {
            return "operation.sync.\(field.key) cannot be asked for by steering"
        }
        guard new["sync"] != nil, new["initiatedBy"] == ["username": .string(user)] else {
            return "operation.initiatedBy must name \(user) alone"
        }
        return nil
    }

    /// An Application without what somebody wants done with it.
    private static func withoutWishes(_ application: Value) -> Value {
        var application = application
        application["operation"] = nil
        var annotations = application.metadata.annotations
        annotations[Application.refreshAnnotation] = nil
        application["metadata", "annotations"] = annotations.value
        return application
    }

    private static let promotionFields = [
        "abort", "controllerPause", "currentStepIndex", "pauseConditions", "promoteFull",
    ]

    /// Pauses can only end and steps only be skipped; the rest is the controller's.
    private static func promotionFault(from old: Value, to new: Value) -> String? {
        let pauses = old["status", "pauseConditions"]?.arrayValue ?? []
        let left = new["status", "pauseConditions"]?.arrayValue ?? []
        guard left.allSatisfy(pauses.contains) else { return "status.pauseConditions can only be taken away" }
        guard let index = new["status", "currentStepIndex"], index != old["status", "currentStepIndex"] else {
            return nil
        }
        let count = Int64(new["spec", "strategy", "canary", "steps"]?.arrayValue?.count ?? 0)
        let present = old["status", "currentStepIndex"]?.integerValue ?? 0
        guard let wanted = index.integerValue, wanted > present, wanted <= count else {
            return "status.currentStepIndex can only go on, up to \(count)"
        }
        return nil
    }

    /// The object without what the server writes itself.
    private static func content(of object: Value) -> Value {
        var object = object
        for field in ["generation", "managedFields", "resourceVersion"] { object["metadata", field] = nil }
        return object
    }

    /// The first field that differs and is not among those of the part; nil where there is none.
    private static func difference(
        _ old: Value, _ new: Value, besides part: String, _ fields: [String]
    ) -> String? {
        var (old, new) = (old, new)
        let parts = [old[part], new[part]].map { value -> Value in
            var value = value ?? .emptyObject
            for field in fields { value[field] = nil }
            return value
        }
        guard parts[0] == parts[1] else {
            let changed = fieldNames(parts).first { parts[0][$0] != parts[1][$0] } ?? ""
            return "\(part).\(changed) cannot be changed by steering"
        }
        old[part] = nil
        new[part] = nil
        guard let changed = fieldNames([old, new]).first(where: { old[$0] != new[$0] }) else { return nil }
        return "\(changed) cannot be changed by steering"
    }

    private static func fieldNames(_ values: [Value]) -> [String] {
        values.flatMap { $0.objectValue?.map { String($0.key) } ?? [] }
    }
}

extension AccessRequest {
    /// The question whether the user may at least steer what they want to change; nil where that is no steering.
    var steering: AccessRequest? {
        guard case .resource(var wanted) = target, ["patch", "update"].contains(wanted.verb),
            Steering(group: wanted.group, resource: wanted.resource, subresource: wanted.subresource) != nil
        else { return nil }
        wanted.verb = Steering.verb
        return AccessRequest(user: user, target: .resource(wanted))
    }
}

/// Holds writes of users who may only steer to what the verb means.
struct SteeringLimits: AdmissionPlugin {
    let authorizer: RoleAuthorizer

    var name: String { "SteeringLimits" }

    func validate(_ request: AdmissionRequest) async throws(APIError) {
        let resource = request.resource
        guard request.operation != .delete, !request.user.groups.contains(User.mastersGroup),
            let steering = Steering(
                group: resource.group, resource: resource.resource, subresource: request.subresource),
            let object = request.object
        else { return }
        guard let old = request.oldObject else {
            // A patch that is applied creates what is missing, which needs more than to steer.
            if isAllowed("create", request) || isAllowed("patch", request) { return }
            throw refusal("an object that does not exist cannot be steered", request)
        }
        if isAllowed("update", request) || isAllowed("patch", request) { return }
        if let excess = steering.excess(from: old, to: object, by: request.user.name) {
            throw refusal(excess, request)
        }
    }

    private func refusal(_ why: String, _ request: AdmissionRequest) -> APIError {
        .forbidden(
            request.resource.groupResource, name: request.name,
            "user \(GoFormat.quoted(request.user.name)) may only steer it, not change it: \(why)")
    }

    private func isAllowed(_ verb: String, _ request: AdmissionRequest) -> Bool {
        let target = AccessRequest.ResourceTarget(
            verb: verb, group: request.resource.group, version: request.resource.version,
            resource: request.resource.resource, subresource: request.subresource,
            namespace: request.namespace, name: request.name)
        return authorizer.decide(AccessRequest(user: request.user, target: .resource(target))).isAllowed
    }
}
