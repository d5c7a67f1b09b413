import ClusterTestSupport
import KubeClient
import KubeModel
import Manifest
import Testing

/// What requests look like on the wire.
@Suite struct RequestTests {
    private func sent(
        _ answer: Value = ["kind": "ConfigMapList", "apiVersion": "v1"], headers: APIHeaders = [:],
        _ body: (KubeClient) async throws -> Void
    ) async throws -> APIRequest {
        let api = FakeAPI()
        api.intercept { _ in FakeAPI.response(answer, headers: headers) }
        try await body(KubeClient(api))
        return try #require(api.requests.first)
    }

    @Test func `names are encoded into paths`() async throws {
        let request = try await sent {
            _ = try await $0.get(.deployments, "a/b c", namespace: "ns", subresource: "scale")
        }
        #expect(request.path == "/apis/apps/v1/namespaces/ns/deployments/a%2Fb%20c/scale")
    }

    @Test func `an apply carries its manager and its media type`() async throws {
        let request = try await sent { client in
            var options = WriteOptions()
            options.isDryRun = true
            options.fieldValidation = .strict
            try await client.apply(
                .configMaps, ["metadata": ["name": "a"]], namespace: "ns", fieldManager: "me", force: true,
                options: options)
        }
        #expect(request.method == .patch)
        #expect(request.path == "/api/v1/namespaces/ns/configmaps/a")
        #expect(request.headers["content-type"] == "application/apply-patch+yaml")
        #expect(request.headers["user-agent"] == "slipway")
        #expect(
            request.query.map { "\($0.name)=\($0.value)" } == [
                "dryRun=All", "fieldManager=me", "fieldValidation=Strict", "force=true",
            ])
    }

    @Test(arguments: [
        (Patch.json([["op": "remove", "path": "/a"]]), "application/json-patch+json"),
        (Patch.merge(["a": .null]), "application/merge-patch+json"),
        (Patch.strategicMerge(["a": 1]), "application/strategic-merge-patch+json"),
    ])
    func `each patch has its media type`(patch: Patch, mediaType: String) async throws {
        let request = try await sent { try await $0.patch(.pods, "p", namespace: "ns", patch) }
        #expect(request.headers["content-type"] == mediaType)
    }

    @Test func `a delete states how`() async throws {
        let request = try await sent { client in
            var options = DeleteOptions()
            options.propagation = .foreground
            options.uid = "u"
            options.gracePeriodSeconds = 0
            try await client.delete(.pods, "p", namespace: "ns", options: options)
        }
        #expect(
            try JSON.parse(request.body) == [
                "kind": "DeleteOptions", "apiVersion": "v1", "gracePeriodSeconds": 0,
                "preconditions": ["uid": "u"], "propagationPolicy": "Foreground",
            ])
    }

    @Test func `a list of metadata asks for nothing else`() async throws {
        let request = try await sent {
            _ = try await $0.list(
                .configMaps, namespace: nil, selection: Selection(labels: "a=b"), freshness: .any, limit: 5,
                form: .metadata)
        }
        #expect(request.path == "/api/v1/configmaps")
        #expect(request.query.map(\.name) == ["labelSelector", "resourceVersion", "limit"])
        #expect(request.headers["accept"]?.hasPrefix("application/json;as=PartialObjectMetadataList") == true)
    }

    @Test func `items of a list learn their type from it`() async throws {
        let api = FakeAPI()
        api.intercept { _ in
            FakeAPI.response([
                "kind": "DeploymentList", "apiVersion": "apps/v1", "metadata": ["resourceVersion": "7"],
                "items": [["metadata": ["name": "a"]], ["kind": "Own", "metadata": ["name": "b"]]],
            ])
        }
        let list = try await KubeClient(api).list(.deployments, namespace: nil)
        #expect(list.resourceVersion == "7")
        #expect(list.items.map(\.kind) == ["Deployment", "Own"])
        #expect(
            JSON.string(try #require(list.items.first)).hasPrefix(
                #"{"apiVersion":"apps/v1","kind":"Deployment""#))
    }

    @Test func `warnings reach their handler`() async throws {
        let warnings = Recorder<[String]>([])
        let api = FakeAPI()
        api.intercept { _ in
            var headers = APIHeaders()
            headers.add("Warning", #"299 - "unknown field \"spec.a\"""#)
            headers.add("Warning", "110 other \"stale\"")
            return FakeAPI.response(["kind": "Pod"], headers: headers)
        }
        var settings = KubeClient.Settings()
        settings.onWarning = { text in warnings.withLock { $0.append(text) } }
        _ = try await KubeClient(api, settings: settings).get(.pods, "p", namespace: "ns")
        #expect(warnings.value == [#"unknown field "spec.a""#])
    }

    @Test func `an answer that is no JSON is told apart from a failure`() async throws {
        let api = FakeAPI()
        api.intercept { _ in APIResponse(status: 200, body: .bytes(Array("<html>".utf8))) }
        let error = await #expect(throws: KubeClientError.self) {
            try await KubeClient(api).get(.pods, "p", namespace: "ns")
        }
        #expect(error?.code == .malformedAnswer)
    }

    @Test func `an answer that does not come ends in a timeout`() async throws {
        let clock = ManualClock()
        let timeline = clock.timeline
        let api = FakeAPI()
        api.intercept { _ in
            try await timeline.sleep(for: .seconds(3600))
            return nil
        }
        let client = KubeClient(api, timeline: timeline)
        async let answer = client.get(.pods, "p", namespace: "ns")
        await clock.waitForSleepers(2)
        clock.advance(by: .seconds(60))
        do {
            _ = try await answer
            Issue.record("the request should not succeed")
        } catch let error as KubeClientError {
            #expect(error.code == .timeout)
        }
    }

    @Test func `an answer beyond the limit is not collected`() async throws {
        let api = FakeAPI()
        api.intercept { _ in
            let (stream, continuation) = AsyncThrowingStream<[UInt8], any Error>.makeStream()
            for _ in 0..<10 { continuation.yield([UInt8](repeating: 32, count: 100)) }
            return APIResponse(status: 200, body: .stream(stream))
        }
        var settings = KubeClient.Settings()
        settings.maximumAnswerSize = 500
        let error = await #expect(throws: KubeClientError.self) {
            try await KubeClient(api, settings: settings).get(.pods, "p", namespace: "ns")
        }
        #expect(error?.code == .tooLarge)
    }

    @Test func `a log arrives in chunks`() async throws {
        let api = FakeAPI()
        api.intercept { _ in APIResponse(status: 200, body: .bytes(Array("line\n".utf8))) }
        var options = LogOptions()
        options.follows = true
        options.tailLines = 3
        var text: [UInt8] = []
        for try await chunk in try await KubeClient(api).log(pod: "p", namespace: "ns", options: options) {
            text += chunk
        }
        #expect(text == Array("line\n".utf8))
        #expect(api.requests.first?.path == "/api/v1/namespaces/ns/pods/p/log")
        #expect(api.requests.first?.query == [.init("follow", "true"), .init("tailLines", "3")])
    }
}
