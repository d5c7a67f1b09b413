import KubeModel
import Manifest
import Testing

/// What a server adds to objects, and how it spells what users wrote.
@Suite struct DefaultTests {
    /// A row of the table: a patch to a valid object, a place in the result, and the value there.
    struct Filled: Sendable, CustomTestStringConvertible {
        let kind: String
        let patch: String
        let pointer: String
        let value: String

        init(_ kind: String, _ patch: String, _ pointer: String, _ value: String) {
            (self.kind, self.patch, self.pointer, self.value) = (kind, patch, pointer, value)
        }

        var testDescription: String { "\(pointer) of \(kind) with \(patch)" }
    }

    private static func image(_ name: String) -> String {
        #"{"spec":{"containers":[{"name":"c","image":"\#(name)"}]}}"#
    }

    private static func resources(_ text: String) -> String {
        #"{"spec":{"containers":[{"name":"c","image":"a","resources":\#(text)}]}}"#
    }

    static let pods = [
        Filled("Pod", image("web"), "/spec/containers/0/imagePullPolicy", #""Always""#),
        Filled("Pod", image("web:latest"), "/spec/containers/0/imagePullPolicy", #""Always""#),
        Filled("Pod", image("web:1.2"), "/spec/containers/0/imagePullPolicy", #""IfNotPresent""#),
        Filled("Pod", image("host:5000/web"), "/spec/containers/0/imagePullPolicy", #""Always""#),
        Filled("Pod", image("host:5000/web:1"), "/spec/containers/0/imagePullPolicy", #""IfNotPresent""#),
        Filled(
            "Pod", image("web@sha256:\(String(repeating: "a", count: 64))"),
            "/spec/containers/0/imagePullPolicy", #""IfNotPresent""#),
        Filled("Pod", image("a"), "/status/qosClass", #""BestEffort""#),
        Filled("Pod", resources(#"{"requests":{"cpu":"1"}}"#), "/status/qosClass", #""Burstable""#),
        Filled(
            "Pod", resources(#"{"limits":{"cpu":"1","memory":"1Gi"}}"#), "/status/qosClass",
            #""Guaranteed""#),
        Filled(
            "Pod", resources(#"{"limits":{"cpu":"1"}}"#), "/spec/containers/0/resources/requests/cpu",
            #""1""#),
        Filled(
            "Pod", resources(#"{"limits":{"cpu":0.5}}"#), "/spec/containers/0/resources/limits/cpu",
            #""500m""#),
        Filled(
            "Pod", resources(#"{"limits":{"memory":"1024Mi"}}"#),
            "/spec/containers/0/resources/limits/memory", #""1Gi""#),
        Filled("Pod", "{}", "/spec/terminationGracePeriodSeconds", "30"),
        Filled("Pod", "{}", "/spec/securityContext", "{}"),
        Filled("Pod", "{}", "/spec/tolerations/1/tolerationSeconds", "300"),
        Filled("Pod", "{}", "/status/phase", #""Pending""#),
        Filled(
            "Pod", #"{"spec":{"volumes":[{"name":"v"}]}}"#, "/spec/volumes/0",
            #"{"name":"v","emptyDir":{}}"#),
        Filled(
            "Pod", #"{"spec":{"volumes":[{"name":"v","secret":{"secretName":"s"}}]}}"#,
            "/spec/volumes/0/secret/defaultMode", "420"),
        Filled(
            "Pod", #"{"spec":{"volumes":[{"name":"v","hostPath":{"path":"/a"}}]}}"#,
            "/spec/volumes/0/hostPath", #"{"path":"/a","type":""}"#),
        Filled(
            "Pod",
            #"{"spec":{"containers":[{"name":"c","image":"a","livenessProbe":{"httpGet":{"port":80}}}]}}"#,
            "/spec/containers/0/livenessProbe",
            #"{"httpGet":{"path":"/","port":80,"scheme":"HTTP"},"timeoutSeconds":1,"periodSeconds":10,"successThreshold":1,"failureThreshold":3}"#
        ),
        Filled(
            "Pod",
            #"{"spec":{"containers":[{"name":"c","image":"a","env":[{"name":"A","valueFrom":{"fieldRef":{"fieldPath":"status.podIP"}}}]}]}}"#,
            "/spec/containers/0/env/0/valueFrom/fieldRef/apiVersion", #""v1""#),
    ]

    static let others = [
        Filled("Deployment", "{}", "/spec/strategy/rollingUpdate/maxSurge", #""25%""#),
        Filled(
            "Deployment", #"{"spec":{"strategy":{"type":"Recreate"}}}"#, "/spec/strategy",
            #"{"type":"Recreate"}"#),
        Filled("Deployment", "{}", "/spec/template/metadata", #"{"labels":{"app":"a"}}"#),
        Filled("StatefulSet", "{}", "/spec/updateStrategy/rollingUpdate/partition", "0"),
        Filled("StatefulSet", "{}", "/spec/podManagementPolicy", #""OrderedReady""#),
        Filled(
            "StatefulSet", "{}", "/spec/persistentVolumeClaimRetentionPolicy",
            #"{"whenDeleted":"Retain","whenScaled":"Retain"}"#),
        Filled("DaemonSet", "{}", "/spec/updateStrategy/rollingUpdate/maxUnavailable", "1"),
        Filled("Job", "{}", "/spec/completions", "1"), Filled("Job", "{}", "/spec/backoffLimit", "6"),
        Filled("Job", "{}", "/spec/podReplacementPolicy", #""TerminatingOrFailed""#),
        Filled("Job", "{}", "/spec/template/metadata/labels/job-name", #""name""#),
        Filled("CronJob", "{}", "/spec/concurrencyPolicy", #""Allow""#),
        Filled("CronJob", "{}", "/spec/failedJobsHistoryLimit", "1"),
        Filled("Service", "{}", "/spec/ports/0/targetPort", "80"),
        Filled("Service", "{}", "/spec/clusterIP", #""10.0.0.17""#),
        Filled("Service", "{}", "/spec/clusterIPs", #"["10.0.0.17"]"#),
        Filled(
            "Service", #"{"spec":{"clusterIP":"None","selector":{"a":"b"}}}"#, "/spec/ipFamilies",
            #"["IPv4"]"#),
        Filled(
            "Service", #"{"spec":{"clusterIP":"None","selector":null}}"#, "/spec/ipFamilies",
            #"["IPv4","IPv6"]"#),
        Filled(
            "Service", #"{"spec":{"clusterIP":"None","selector":null}}"#, "/spec/ipFamilyPolicy",
            #""RequireDualStack""#),
        Filled("Service", #"{"spec":{"type":"NodePort"}}"#, "/spec/ports/0/nodePort", "30000"),
        Filled("Service", #"{"spec":{"type":"NodePort"}}"#, "/spec/externalTrafficPolicy", #""Cluster""#),
        Filled(
            "Service", #"{"spec":{"type":"LoadBalancer"}}"#, "/spec/allocateLoadBalancerNodePorts", "true"),
        Filled(
            "Service", #"{"spec":{"sessionAffinity":"ClientIP"}}"#,
            "/spec/sessionAffinityConfig/clientIP/timeoutSeconds", "10800"),
        Filled("Service", #"{"spec":{"clusterIP":"fd00::1"}}"#, "/spec/ipFamilies", #"["IPv6"]"#),
        Filled("Secret", "{}", "/type", #""Opaque""#),
        Filled("Secret", #"{"stringData":{"b":"hello"}}"#, "/data/b", #""aGVsbG8=""#),
        Filled("Secret", #"{"stringData":{"a":""}}"#, "/data/a", #""""#),
        Filled("Namespace", "{}", "/spec/finalizers", #"["kubernetes"]"#),
        Filled("Namespace", "{}", "/metadata/labels", #"{"kubernetes.io/metadata.name":"name"}"#),
        Filled("PersistentVolumeClaim", "{}", "/spec/volumeMode", #""Filesystem""#),
        Filled("PersistentVolumeClaim", "{}", "/metadata/finalizers", #"["kubernetes.io/pvc-protection"]"#),
        Filled("PersistentVolume", "{}", "/spec/persistentVolumeReclaimPolicy", #""Retain""#),
        Filled("NetworkPolicy", "{}", "/spec/policyTypes", #"["Ingress"]"#),
        Filled(
            "NetworkPolicy", #"{"spec":{"egress":[{}]}}"#, "/spec/policyTypes", #"["Ingress","Egress"]"#),
        Filled("HorizontalPodAutoscaler", "{}", "/spec/minReplicas", "1"),
        Filled("HorizontalPodAutoscaler", "{}", "/spec/metrics/0/resource/target/averageUtilization", "80"),
        Filled("RoleBinding", "{}", "/roleRef/apiGroup", #""rbac.authorization.k8s.io""#),
        Filled("RoleBinding", "{}", "/subjects/0/apiGroup", #""rbac.authorization.k8s.io""#),
        Filled("EndpointSlice", "{}", "/ports/0/protocol", #""TCP""#),
        Filled("CustomResourceDefinition", "{}", "/spec/names/listKind", #""ThingList""#),
        Filled("CustomResourceDefinition", "{}", "/spec/names/singular", #""thing""#),
        Filled("CustomResourceDefinition", "{}", "/status/storedVersions", #"["v1"]"#),
        Filled("StorageClass", "{}", "/volumeBindingMode", #""Immediate""#),
    ]

    @Test(arguments: pods + others) func `a server fills in what is left open`(_ row: Filled) throws {
        let object = try Fixture.created(row.kind, row.patch)
        let value = try object[JSONPointer(row.pointer)]
        #expect(try value == JSON.parse(row.value))
    }

    @Test func `what says nothing is not kept`() throws {
        let patch = #"""
            {"metadata":{"labels":{},"annotations":{},"finalizers":[]},"spec":{"nodeSelector":{},"tolerations":[],\#
            "hostNetwork":false,"containers":[{"name":"c","image":"web:1","args":[],"stdin":false}]}}
            """#
        #expect(try Fixture.created("Pod", patch) == Fixture.created("Pod"))
    }

    @Test(arguments: [
        (
            "Deployment", #"{"spec":{"replicas":"two"}}"#,
            "json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32"
        ),
        (
            "ConfigMap", #"{"data":{"a":1}}"#,
            "json: cannot unmarshal number into Go struct field ConfigMap.data of type string"
        ),
        (
            "Pod", #"{"spec":{"containers":{}}}"#,
            "json: cannot unmarshal object into Go struct field PodSpec.spec.containers of type []v1.Container"
        ),
        (
            "Pod", #"{"spec":{"hostNetwork":"yes"}}"#,
            "json: cannot unmarshal string into Go struct field PodSpec.spec.hostNetwork of type bool"
        ), ("Secret", #"{"data":{"a":"!"}}"#, "illegal base64 data at input byte 0"),
        ("Secret", #"{"data":{"a":"YQ"}}"#, "illegal base64 data at input byte 2"),
    ])
    func `a value of another type cannot be read`(_ kind: String, _ patch: String, _ reason: String) throws {
        let error = try #require(throws: APIError.self) { try Fixture.created(kind, patch) }
        let version = try #require(
            Fixture.document(kind)["apiVersion"]?.stringValue?.split(separator: "/").last)
        #expect(
            error.message == #"\#(kind) in version "\#(version)" cannot be handled as a \#(kind): \#(reason)"#
        )
    }

    @Test func `an event is one under both its names`() throws {
        let event = try Fixture.created("Event", #"{"message":"went","source":{"component":"c"},"count":3}"#)
        let other = EventConversion.events(event)
        #expect(other["apiVersion"] == "events.k8s.io/v1")
        #expect(other["note"] == "went")
        #expect(other["regarding"]?["name"] == "p")
        #expect(other["deprecatedSource"]?["component"] == "c")
        #expect(other["deprecatedCount"] == 3)
        #expect(EventConversion.core(other) == event)
    }
}
