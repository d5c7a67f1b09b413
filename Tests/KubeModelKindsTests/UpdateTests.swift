import KubeModel
import Manifest
import Testing

/// What a server keeps, counts and says when stored objects change.
@Suite struct UpdateTests {
    private func updated(_ old: Value, _ kind: String, _ patch: String) throws -> Value {
        let strategy = try Fixture.strategy(kind)
        var object = try strategy.normalized(MergePatch.apply(JSON.parse(patch), to: old))
        strategy.prepareForUpdate(&object, old: old, context: MaskedServer.context)
        return object
    }

    @Test(arguments: [
        ("Deployment", #"{"spec":{"replicas":3}}"#, 2), ("Deployment", #"{"spec":{"replicas":1}}"#, 1),
        ("Deployment", #"{"metadata":{"labels":{"a":"b"}}}"#, 1),
        ("Deployment", #"{"metadata":{"annotations":{"a":"b"}}}"#, 2),
        ("ReplicaSet", #"{"metadata":{"annotations":{"a":"b"}}}"#, 1),
        ("StatefulSet", #"{"spec":{"replicas":3}}"#, 2), ("DaemonSet", #"{"spec":{"minReadySeconds":3}}"#, 2),
        ("Job", #"{"spec":{"parallelism":3}}"#, 2), ("CronJob", #"{"spec":{"suspend":true}}"#, 2),
        ("Ingress", #"{"spec":{"ingressClassName":"i"}}"#, 2),
        ("NetworkPolicy", #"{"spec":{"ingress":[{}]}}"#, 2),
        ("PodDisruptionBudget", #"{"spec":{"minAvailable":2}}"#, 2),
        ("CustomResourceDefinition", #"{"spec":{"names":{"shortNames":["t"]}}}"#, 2),
        ("Pod", #"{"spec":{"activeDeadlineSeconds":3}}"#, 2),
        ("Pod", #"{"metadata":{"labels":{"a":"b"}}}"#, 1),
        ("EndpointSlice", #"{"endpoints":[]}"#, 2),
        ("EndpointSlice", #"{"metadata":{"labels":{"a":"b"}}}"#, 2),
        ("ConfigMap", #"{"data":{"a":"c"}}"#, 0), ("Service", #"{"spec":{"type":"NodePort"}}"#, 0),
        ("Lease", #"{"spec":{"holderIdentity":"you"}}"#, 0),
        ("HorizontalPodAutoscaler", #"{"spec":{"maxReplicas":9}}"#, 0),
    ]) func `the generation counts what users want`(_ kind: String, _ patch: String, _ number: Int64) throws {
        let object = try updated(Fixture.created(kind), kind, patch)
        #expect(object.metadata.generation == number)
    }

    @Test(arguments: [
        "Deployment", "Pod", "Job", "Ingress", "PersistentVolumeClaim", "CustomResourceDefinition",
    ])
    func `users write no status and controllers no spec`(_ kind: String) throws {
        let strategy = try Fixture.strategy(kind)
        let old = try Fixture.created(kind)
        let both = #"{"spec":{"mine":1},"status":{"conditions":[{"type":"Mine","status":"True"}]}}"#
        #expect(try updated(old, kind, both)["status"] == old["status"])
        var object = try MergePatch.apply(JSON.parse(both), to: old)
        strategy.prepareForStatusUpdate(&object, old: old)
        #expect(object["spec"] == old["spec"])
        #expect(object["status"]?["conditions"]?[0]?["type"] == "Mine")
        #expect(object.metadata.generation == old.metadata.generation)
    }

    @Test func `a client cannot turn back the generation or the time of creation`() throws {
        var old = try Fixture.created("Deployment")
        old.metadata.fields["creationTimestamp"] = "2026-01-02T03:04:05Z"
        let patch = #"{"metadata":{"generation":77,"creationTimestamp":"2020-01-02T03:04:05Z"}}"#
        let object = try updated(old, "Deployment", patch)
        #expect(object.metadata.generation == 1)
        #expect(object.metadata.fields["creationTimestamp"] == "2026-01-02T03:04:05Z")
    }

    @Test func `a new template of a daemon set is counted apart`() throws {
        let old = try Fixture.created("DaemonSet")
        #expect(old["metadata"]?["annotations"]?["deprecated.daemonset.template.generation"] == "1")
        let object = try updated(old, "DaemonSet", #"{"spec":{"template":{"spec":{"hostname":"h"}}}}"#)
        #expect(object["metadata"]?["annotations"]?["deprecated.daemonset.template.generation"] == "2")
    }

    @Test func `a service that is replaced keeps its addresses`() throws {
        let old = try Fixture.created("Service", #"{"spec":{"type":"NodePort"}}"#)
        let patch = #"{"spec":{"clusterIP":null,"clusterIPs":null,"ports":[{"port":80,"targetPort":8080}]}}"#
        let object = try updated(old, "Service", patch)
        #expect(object["spec"]?["clusterIP"] == old["spec"]?["clusterIP"])
        #expect(object["spec"]?["ports"]?[0]?["nodePort"] == 30000)
        let inner = try updated(object, "Service", #"{"spec":{"type":"ClusterIP"}}"#)
        #expect(inner["spec"]?["ports"]?[0]?["nodePort"] == nil)
        let outer = try updated(
            object, "Service", #"{"spec":{"type":"ExternalName","externalName":"ex.com"}}"#)
        #expect(outer["spec"]?["clusterIP"] == nil)
    }

    @Test(
        arguments: [
            (#"{"nodeName":"n","terminationGracePeriodSeconds":30}"#, "Running", nil, 30),
            (#"{"nodeName":"n","terminationGracePeriodSeconds":30}"#, "Running", 5, 5),
            (#"{"nodeName":"n","terminationGracePeriodSeconds":-1}"#, "Running", nil, 1),
            (#"{"nodeName":"n","terminationGracePeriodSeconds":30}"#, "Succeeded", nil, 0),
            (#"{"terminationGracePeriodSeconds":30}"#, "Pending", 9, 0),
        ] as [(String, String, Int64?, Int64)])
    func `a pod is given time to end`(_ spec: String, _ phase: String, _ wish: Int64?, _ time: Int64) throws {
        let pod: Value = ["spec": try JSON.parse(spec), "status": ["phase": .string(phase)]]
        #expect(try Fixture.strategy("Pod").gracePeriod(of: pod, requested: wish) == time)
        #expect(try Fixture.strategy("ConfigMap").gracePeriod(of: pod, requested: wish) == 0)
    }

    @Test func `an event is forgotten after an hour`() throws {
        #expect(try Fixture.strategy("Event").descriptor.timeToLive == .seconds(3600))
        #expect(try Fixture.strategy("Pod").descriptor.timeToLive == nil)
    }

    @Test(arguments: [
        Faulty(
            "Pod", #"{"spec":{"nodeSelector":{"beta.kubernetes.io/os":"linux"}}}"#,
            #"spec.nodeSelector[beta.kubernetes.io/os]: deprecated since v1.14; use "kubernetes.io/os" instead"#
        ),
        Faulty(
            "Deployment",
            #"{"spec":{"template":{"spec":{"containers":[{"name":"c","image":"a","env":[{"name":"A","value":"1"},{"name":"A","value":"2"}]}]}}}}"#,
            #"spec.template.spec.containers[0].env[1]: hides previous definition of "A", which may be dropped when using apply"#
        ),
        Faulty(
            "Pod",
            #"{"spec":{"containers":[{"name":"c","image":"a","ports":[{"containerPort":80},{"containerPort":80}]}]}}"#,
            "spec.containers[0].ports[1]: duplicate port definition with spec.containers[0].ports[0]"),
        Faulty(
            "Pod",
            #"{"spec":{"containers":[{"name":"c","image":"a","resources":{"requests":{"memory":"100m"}}}]}}"#,
            #"spec.containers[0].resources.requests[memory]: fractional byte value "100m" is invalid, must be an integer"#
        ),
        Faulty(
            "Pod", #"{"metadata":{"name":"a.b"}}"#,
            "metadata.name: this is used in the Pod's hostname, which can result in surprising behavior; a DNS label is recommended: [must not contain dots]"
        ),
        Faulty("Pod", "{}"),
    ]) func `what is hardly meant is warned of`(_ row: Faulty) throws {
        let warnings = try Fixture.strategy(row.kind).warnings(for: Fixture.created(row.kind, row.patch))
        #expect(warnings == row.errors)
    }

    @Test func `a custom resource follows its definition`() throws {
        let kind = GroupVersionKind(apiVersion: "ex.com/v1", kind: "Thing")
        let fault = FieldError.required(FieldPath("spec", "size"), "")
        let strategy = KindStrategy(customResource: kind, isNamespaced: true, hasStatus: true) { object, _ in
            object["spec"]?["size"] == nil ? [fault] : []
        }
        var old = try strategy.normalized(
            JSON.parse(
                #"{"apiVersion":"ex.com/v1","kind":"Thing","metadata":{"name":"t","namespace":"ns"},"spec":{},"status":{"a":1}}"#
            ))
        strategy.prepareForCreate(&old)
        #expect(old.metadata.generation == 1)
        #expect(old["status"] == nil)
        #expect(strategy.validate(old) == [fault])
        old.metadata.resourceVersion = "1"
        var object = old
        object["spec", "size"] = 3
        strategy.prepareForUpdate(&object, old: old)
        #expect(object.metadata.generation == 2)
        #expect(strategy.validateUpdate(object, old: old) == [])
        object.metadata.resourceVersion = ""
        #expect(
            strategy.validateUpdate(object, old: old).map(\.description) == [
                "metadata.resourceVersion: Invalid value: 0: must be specified for an update"
            ])
    }
}
