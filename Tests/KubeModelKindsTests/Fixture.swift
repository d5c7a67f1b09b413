import KubeModel
import Manifest
import Testing

/// One valid object of each kind, from which tables of faults depart.
enum Fixture {
    private static let template =
        #"{"metadata":{"labels":{"app":"a"}},"spec":{"containers":[{"name":"c","image":"web:1"}]}}"#
    private static let job =
        #"{"template":{"spec":{"restartPolicy":"Never","containers":[{"name":"c","image":"web:1"}]}}}"#
    private static let selector = #"{"matchLabels":{"app":"a"}}"#
    private static let role = #"[{"verbs":["get"],"apiGroups":[""],"resources":["pods"]}]"#

    /// Kind, API version and the fields besides `metadata`.
    private static let texts: [(kind: String, apiVersion: String, fields: String)] = [
        ("Namespace", "v1", "{}"), ("ConfigMap", "v1", #"{"data":{"a":"b"}}"#),
        ("Secret", "v1", #"{"data":{"a":"YQ=="}}"#), ("ServiceAccount", "v1", "{}"), ("Node", "v1", "{}"),
        ("Pod", "v1", #"{"spec":{"containers":[{"name":"c","image":"web:1"}]}}"#),
        ("Service", "v1", #"{"spec":{"selector":{"app":"a"},"ports":[{"port":80}]}}"#),
        ("ReplicationController", "v1", #"{"spec":{"template":\#(template)}}"#),
        (
            "Event", "v1",
            #"{"involvedObject":{"kind":"Pod","name":"p","namespace":"ns"},"reason":"R","type":"Normal"}"#
        ),
        ("Endpoints", "v1", #"{"subsets":[{"addresses":[{"ip":"10.0.0.1"}],"ports":[{"port":80}]}]}"#),
        (
            "PersistentVolumeClaim", "v1",
            #"{"spec":{"accessModes":["ReadWriteOnce"],"resources":{"requests":{"storage":"1Gi"}}}}"#
        ),
        (
            "PersistentVolume", "v1",
            #"{"spec":{"accessModes":["ReadWriteOnce"],"capacity":{"storage":"1Gi"},"hostPath":{"path":"/d"}}}"#
        ),
        ("LimitRange", "v1", #"{"spec":{"limits":[{"type":"Container","max":{"cpu":"1"}}]}}"#),
        ("ResourceQuota", "v1", #"{"spec":{"hard":{"pods":"3"}}}"#),
        ("PodTemplate", "v1", #"{"template":\#(template)}"#),
        ("Deployment", "apps/v1", #"{"spec":{"selector":\#(selector),"template":\#(template)}}"#),
        ("ReplicaSet", "apps/v1", #"{"spec":{"selector":\#(selector),"template":\#(template)}}"#),
        ("DaemonSet", "apps/v1", #"{"spec":{"selector":\#(selector),"template":\#(template)}}"#),
        (
            "StatefulSet", "apps/v1",
            #"{"spec":{"serviceName":"s","selector":\#(selector),"template":\#(template)}}"#
        ), ("ControllerRevision", "apps/v1", #"{"data":{"a":1},"revision":1}"#),
        ("Job", "batch/v1", #"{"spec":\#(job)}"#),
        ("CronJob", "batch/v1", #"{"spec":{"schedule":"*/5 * * * *","jobTemplate":{"spec":\#(job)}}}"#),
        (
            "Ingress", "networking.k8s.io/v1",
            #"{"spec":{"defaultBackend":{"service":{"name":"s","port":{"number":80}}}}}"#
        ), ("IngressClass", "networking.k8s.io/v1", #"{"spec":{"controller":"ex.com/c"}}"#),
        ("NetworkPolicy", "networking.k8s.io/v1", #"{"spec":{"podSelector":{}}}"#),
        (
            "PodDisruptionBudget", "policy/v1", #"{"spec":{"minAvailable":1,"selector":\#(selector)}}"#
        ),
        (
            "HorizontalPodAutoscaler", "autoscaling/v2",
            #"{"spec":{"maxReplicas":3,"scaleTargetRef":{"apiVersion":"apps/v1","kind":"Deployment","name":"d"}}}"#
        ), ("Lease", "coordination.k8s.io/v1", #"{"spec":{"holderIdentity":"me"}}"#),
        (
            "EndpointSlice", "discovery.k8s.io/v1",
            #"{"addressType":"IPv4","endpoints":[{"addresses":["10.0.0.1"]}],"ports":[{"port":80}]}"#
        ), ("Role", "rbac.authorization.k8s.io/v1", #"{"rules":\#(role)}"#),
        ("ClusterRole", "rbac.authorization.k8s.io/v1", #"{"rules":\#(role)}"#),
        (
            "RoleBinding", "rbac.authorization.k8s.io/v1",
            #"{"roleRef":{"kind":"Role","name":"r"},"subjects":[{"kind":"User","name":"u"}]}"#
        ),
        (
            "ClusterRoleBinding", "rbac.authorization.k8s.io/v1",
            #"{"roleRef":{"kind":"ClusterRole","name":"r"},"subjects":[{"kind":"Group","name":"g"}]}"#
        ),
        (
            "CustomResourceDefinition", "apiextensions.k8s.io/v1",
            """
            {"spec":{"group":"ex.com","scope":"Namespaced","names":{"plural":"things","kind":"Thing"},"versions":[\
            {"name":"v1","served":true,"storage":true,"schema":{"openAPIV3Schema":{"type":"object"}}}]}}
            """
        ), ("StorageClass", "storage.k8s.io/v1", #"{"provisioner":"ex.com/p"}"#),
        ("PriorityClass", "scheduling.k8s.io/v1", #"{"value":10}"#),
    ]

    static let kinds = texts.map(\.kind)

    /// The document of a kind, with a name and, where it needs one, a namespace.
    static func document(_ kind: String) throws -> Value {
        let text = try #require(texts.first { $0.kind == kind })
        var object = try JSON.parse(text.fields)
        object["apiVersion"] = .string(text.apiVersion)
        object["kind"] = .string(kind)
        object.metadata.name = kind == "CustomResourceDefinition" ? "things.ex.com" : "name"
        if try strategy(kind).descriptor.isNamespaced { object.metadata.namespace = "ns" }
        return object
    }

    static func strategy(_ kind: String) throws -> KindStrategy {
        let text = try #require(texts.first { $0.kind == kind })
        return try #require(
            BuiltinKinds.strategy(for: GroupVersionKind(apiVersion: text.apiVersion, kind: kind)))
    }

    /// The document changed by a merge patch, as a server would store it.
    static func created(_ kind: String, _ patch: String = "{}") throws -> Value {
        let strategy = try strategy(kind)
        var object = try strategy.normalized(MergePatch.apply(JSON.parse(patch), to: document(kind)))
        object.metadata.uid = MaskedServer.uid
        object.metadata.resourceVersion = "1"
        strategy.prepareForCreate(&object, context: MaskedServer.context)
        return object
    }

    /// The faults of the document changed by a merge patch.
    static func faults(_ kind: String, _ patch: String) throws -> [String] {
        try strategy(kind).validate(created(kind, patch)).map(\.description)
    }

    /// The faults of a change of the stored document by a merge patch.
    static func faults(_ kind: String, from first: String, to patch: String) throws -> [String] {
        let (strategy, old) = (try strategy(kind), try created(kind, first))
        var object = try strategy.normalized(MergePatch.apply(JSON.parse(patch), to: old))
        strategy.prepareForUpdate(&object, old: old, context: MaskedServer.context)
        return strategy.validateUpdate(object, old: old).map(\.description)
    }
}

/// A row of a table: what is changed in a valid object, and what is wrong then.
struct Faulty: Sendable, CustomTestStringConvertible {
    let kind: String
    let patch: String
    let errors: [String]

    init(_ kind: String, _ patch: String, _ errors: String...) {
        self.kind = kind
        self.patch = patch
        self.errors = errors
    }

    var testDescription: String { "\(kind) with \(patch)" }
}
