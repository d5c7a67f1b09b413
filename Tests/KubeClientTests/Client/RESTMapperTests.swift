import ClusterTestSupport
import KubeClient
import KubeModel
import Manifest
import Testing

@Suite struct RESTMapperTests {
    private static func resources(_ kinds: [(String, String)]) -> Value {
        [
            "kind": "APIResourceList",
            "resources": .array(
                kinds.flatMap { name, kind -> [Value] in
                    [
                        ["name": .string(name), "kind": .string(kind), "namespaced": true, "verbs": ["get"]],
                        ["name": .string(name + "/status"), "kind": .string(kind), "namespaced": true],
                    ]
                }),
        ]
    }

    private func api(_ served: Recorder<[String: Value]>) -> FakeAPI {
        let api = FakeAPI()
        api.intercept { request in
            guard let answer = served.value[request.path] else {
                return FakeAPI.response(APIError.generic(code: 404).status.value, status: 404)
            }
            return FakeAPI.response(answer)
        }
        return api
    }

    @Test func `a kind is found once and remembered`() async throws {
        let api = api(Recorder(["/apis/apps/v1": Self.resources([("deployments", "Deployment")])]))
        let mapper = RESTMapper(KubeClient(api))
        for _ in 0..<3 {
            let mapping = try await mapper.mapping(
                for: GroupVersionKind(group: "apps", version: "v1", kind: "Deployment"))
            #expect(mapping.resource == .deployments)
            #expect(mapping.isNamespaced)
            #expect(mapping.subresources == ["status"])
        }
        #expect(api.requests.count == 1)
    }

    @Test func `a kind that comes later is found, without asking at every turn`() async throws {
        let served = Recorder<[String: Value]>([:])
        let api = api(served)
        let clock = ManualClock()
        var settings = KubeClient.Settings()
        settings.requestTimeout = nil
        let mapper = RESTMapper(KubeClient(api, settings: settings, timeline: clock.timeline))
        let kind = GroupVersionKind(group: "example.com", version: "v1", kind: "Widget")
        for _ in 0..<5 {
            let error = await #expect(throws: KubeClientError.self) { try await mapper.mapping(for: kind) }
            #expect(error?.message == "no matches for kind \"Widget\" in version \"example.com/v1\"")
        }
        #expect(api.requests.count == 1)
        served.withLock { $0["/apis/example.com/v1"] = Self.resources([("widgets", "Widget")]) }
        clock.advance(by: .seconds(1))
        #expect(try await mapper.mapping(for: kind).resource.resource == "widgets")
    }

    @Test func `without a version the server's preferred one is taken`() async throws {
        let api = api(
            Recorder([
                "/apis": [
                    "groups": [
                        [
                            "name": "example.com", "preferredVersion": ["version": "v1"],
                            "versions": [["version": "v2beta1"], ["version": "v1"]],
                        ]
                    ]
                ],
                "/apis/example.com/v1": Self.resources([("widgets", "Widget")]),
                "/apis/example.com/v2beta1": Self.resources([("gadgets", "Gadget"), ("widgets", "Widget")]),
            ]))
        let mapper = RESTMapper(KubeClient(api))
        let widget = try await mapper.mapping(for: GroupKind(group: "example.com", kind: "Widget"))
        #expect(widget.resource.version == "v1")
        let gadget = try await mapper.mapping(for: GroupKind(group: "example.com", kind: "Gadget"))
        #expect(gadget.resource.version == "v2beta1")
    }
}
