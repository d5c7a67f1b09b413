import KubeModel
import Manifest
import Testing

/// What of a stored object cannot be changed.
@Suite struct ImmutabilityTests {
    /// A row of the table: the object's own fields, the patch, and what is wrong with it.
    struct Change: Sendable, CustomTestStringConvertible {
        let kind: String
        let first: String
        let patch: String
        let errors: [String]

        init(_ kind: String, _ patch: String, of first: String = "{}", _ errors: String...) {
            (self.kind, self.first, self.patch, self.errors) = (kind, first, patch, errors)
        }

        var testDescription: String { "\(kind) patched by \(patch)" }
    }

    static let frozen: [Change] = [
        Change(
            "Deployment",
            #"{"spec":{"selector":{"matchLabels":{"app":"b"}},"template":{"metadata":{"labels":{"app":"b"}}}}}"#,
            #"spec.selector: Invalid value: {"matchLabels":{"app":"b"}}: field is immutable"#),
        Change(
            "ReplicaSet",
            #"{"spec":{"selector":{"matchLabels":{"app":"b"}},"template":{"metadata":{"labels":{"app":"b"}}}}}"#,
            #"spec.selector: Invalid value: {"matchLabels":{"app":"b"}}: field is immutable"#),
        Change(
            "DaemonSet",
            #"{"spec":{"selector":{"matchLabels":{"app":"b"}},"template":{"metadata":{"labels":{"app":"b"}}}}}"#,
            #"spec.selector: Invalid value: {"matchLabels":{"app":"b"}}: field is immutable"#),
        Change(
            "StatefulSet", #"{"spec":{"serviceName":"t"}}"#,
            "spec: Forbidden: updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden"
        ),
        Change(
            "ControllerRevision", #"{"data":{"a":2}}"#,
            #"data: Invalid value: {"a":2}: field is immutable"#),
        Change(
            "Job", #"{"spec":{"completions":2}}"#, "spec.completions: Invalid value: 2: field is immutable"),
        Change(
            "Job", #"{"spec":{"completionMode":"Indexed"}}"#,
            #"spec.completionMode: Invalid value: "Indexed": field is immutable"#),
        Change(
            "ConfigMap", #"{"data":{"a":"c"}}"#, of: #"{"immutable":true}"#,
            "data: Forbidden: field is immutable when `immutable` is set"),
        Change(
            "ConfigMap", #"{"immutable":false}"#, of: #"{"immutable":true}"#,
            "immutable: Forbidden: field is immutable when `immutable` is set"),
        Change(
            "Secret", #"{"stringData":{"a":"c"}}"#, of: #"{"immutable":true}"#,
            "data: Forbidden: field is immutable when `immutable` is set"),
        Change(
            "Secret", #"{"type":"ex.com/a"}"#, #"type: Invalid value: "ex.com/a": field is immutable"#),
        Change(
            "RoleBinding", #"{"roleRef":{"name":"s"}}"#,
            #"roleRef: Invalid value: {"APIGroup":"rbac.authorization.k8s.io","Kind":"Role","Name":"s"}: cannot change roleRef"#
        ),
        Change(
            "ClusterRoleBinding", #"{"roleRef":{"name":"s"}}"#,
            #"roleRef: Invalid value: {"APIGroup":"rbac.authorization.k8s.io","Kind":"ClusterRole","Name":"s"}: cannot change roleRef"#
        ),
        Change(
            "Service", #"{"spec":{"clusterIP":"10.0.0.77","clusterIPs":["10.0.0.77"]}}"#,
            #"spec.clusterIPs[0]: Invalid value: ["10.0.0.77"]: may not change once set"#),
        Change(
            "Service", #"{"spec":{"clusterIP":"10.0.0.77"}}"#,
            #"spec.clusterIPs[0]: Invalid value: ["10.0.0.77"]: may not change once set"#),
        Change(
            "IngressClass", #"{"spec":{"controller":"ex.com/d"}}"#,
            #"spec.controller: Invalid value: "ex.com/d": field is immutable"#),
        Change(
            "EndpointSlice", #"{"addressType":"IPv6","endpoints":[]}"#,
            #"addressType: Invalid value: "IPv6": field is immutable"#),
        Change(
            "Pod", #"{"spec":{"containers":[]}}"#, "spec.containers: Required value",
            "spec.containers: Forbidden: pod updates may not add or remove containers"),
    ]

    @Test(arguments: frozen) func `a field stays as it was`(_ change: Change) throws {
        let errors = try Fixture.faults(change.kind, from: change.first, to: change.patch)
        #expect(errors == change.errors)
    }

    static let free: [Change] = [
        Change("Pod", #"{"spec":{"containers":[{"name":"c","image":"web:2"}]}}"#),
        Change("Pod", #"{"spec":{"activeDeadlineSeconds":5}}"#),
        Change("Pod", #"{"metadata":{"labels":{"a":"b"},"annotations":{"c":"d"}}}"#),
        Change("Deployment", #"{"spec":{"replicas":3,"template":{"spec":{"hostname":"h"}}}}"#),
        Change("StatefulSet", #"{"spec":{"replicas":3,"template":{"spec":{"hostname":"h"}}}}"#),
        Change("Job", #"{"spec":{"parallelism":3,"suspend":true,"backoffLimit":1}}"#),
        Change("ConfigMap", #"{"immutable":true,"data":{"a":"c"}}"#),
        Change("ConfigMap", #"{"metadata":{"labels":{"a":"b"}}}"#, of: #"{"immutable":true}"#),
        Change("RoleBinding", #"{"subjects":[]}"#),
        Change("Service", #"{"spec":{"type":"NodePort"}}"#),
        Change(
            "Service",
            #"{"spec":{"type":"ExternalName","externalName":"ex.com","clusterIP":null,"clusterIPs":null}}"#),
    ]

    @Test(arguments: free) func `a field may change`(_ change: Change) throws {
        let errors = try Fixture.faults(change.kind, from: change.first, to: change.patch)
        #expect(errors == [])
    }

    @Test func `a pod tells which of its fields may change`() throws {
        let errors = try Fixture.faults("Pod", from: "{}", to: #"{"spec":{"hostname":"h"}}"#)
        let error = try #require(errors.first)
        #expect(errors.count == 1)
        #expect(
            error.hasPrefix(
                "spec: Forbidden: pod updates may not change fields other than "
                    + "`spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,"
                    + "`spec.tolerations` (only additions to existing tolerations),"
                    + "`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)\n"
            ))
        #expect(error.contains(#"+"#))
    }

    @Test func `a claim can only grow`() throws {
        let strategy = try Fixture.strategy("PersistentVolumeClaim")
        var old = try Fixture.created(
            "PersistentVolumeClaim", #"{"spec":{"storageClassName":"fast","volumeName":"v"}}"#)
        old["status"] = try JSON.parse(#"{"phase":"Bound","capacity":{"storage":"1Gi"}}"#)
        func faults(_ patch: String) throws -> [String] {
            let object = try MergePatch.apply(JSON.parse(patch), to: old)
            return strategy.validateUpdate(object, old: old).map(\.description)
        }
        #expect(try faults(#"{"spec":{"resources":{"requests":{"storage":"2Gi"}}}}"#) == [])
        #expect(
            try faults(#"{"spec":{"resources":{"requests":{"storage":"512Mi"}}}}"#) == [
                "spec.resources.requests.storage: Forbidden: field can not be less than status.capacity"
            ])
        let changed = try faults(#"{"spec":{"storageClassName":"slow"}}"#)
        #expect(
            try #require(changed.first).hasPrefix(
                "spec: Forbidden: spec is immutable after creation except resources.requests and "
                    + "volumeAttributesClassName for bound claims\n"))
    }

    @Test(arguments: ["name", "uid", "namespace"])
    func `a mark of identity is told about once in the message`(_ field: String) throws {
        let (strategy, old) = (try Fixture.strategy("Pod"), try Fixture.created("Pod"))
        let patch = #"{"metadata":{"\#(field)":"other"}}"#
        let object = try MergePatch.apply(JSON.parse(patch), to: old)
        let errors = strategy.validateUpdate(object, old: old)
        #expect(errors.count == 2)
        let status = APIError.invalid(GroupKind(group: "", kind: "Pod"), name: "name", errors: errors)
        #expect(
            status.message
                == #"Pod "name" is invalid: metadata.\#(field): Invalid value: "other": field is immutable"#)
    }
}
