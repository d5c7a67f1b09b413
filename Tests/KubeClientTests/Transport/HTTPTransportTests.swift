import ClusterTestSupport
import KubeClient
import KubeModel
import NIOHTTP1
import NIOSSL
import Testing

@Suite struct HTTPTransportTests {
    private func address(_ server: TestHTTPServer, isSecure: Bool = false) -> ServerAddress {
        ServerAddress(isSecure: isSecure, host: "127.0.0.1", port: server.port, pathPrefix: "/base")
    }

    private func text(_ response: APIResponse) async throws -> String {
        switch response.body {
        case .bytes(let bytes): return String(decoding: bytes, as: UTF8.self)
        case .stream(let chunks):
            var collected: [UInt8] = []
            for try await chunk in chunks { collected += chunk }
            return String(decoding: collected, as: UTF8.self)
        }
    }

    private func withTransport<Answer: Sendable>(
        tls: TLSConfiguration? = nil, _ change: (inout ClientConfiguration) -> Void = { _ in },
        files: FileReader = .system, timeline: Timeline = .continuous,
        answer: @escaping @Sendable (TestHTTPServer.Exchange) -> Void,
        _ body: (HTTPTransport) async throws -> Answer
    ) async throws -> Answer {
        try await TestHTTPServer.run(tls: tls, answer) { server in
            var configuration = ClientConfiguration(server: address(server, isSecure: tls != nil))
            change(&configuration)
            return try await HTTPTransport.withTransport(
                configuration, files: files, timeline: timeline, body)
        }
    }

    @Test func `a request arrives as it was meant`() async throws {
        let seen = Recorder("")
        try await withTransport {
            $0.credential = .token("abc")
            $0.impersonation = .init(user: "bob", groups: ["a", "b"], extra: ["x/y": ["1"]])
        } answer: { exchange in
            let names = [
                "content-type", "authorization", "impersonate-user", "impersonate-group",
                "impersonate-extra-x%2Fy",
            ]
            let headers = names.map { exchange.head.headers[$0].joined(separator: "+") }
            seen.withLock {
                $0 =
                    "\(exchange.head.method) \(exchange.head.uri) \(exchange.body) \(headers.joined(separator: "|"))"
            }
            exchange.answer("made", .created)
        } _: { transport in
            let response = try await transport.send(
                APIRequest(
                    .post, "/api/v1/pods", query: [.init("labelSelector", "a=b,c in (d)")],
                    headers: ["content-type": "application/json"], body: Array("{}".utf8)))
            #expect(response.status == 201)
            #expect(try await text(response) == "made")
        }
        #expect(
            seen.value == "POST /base/api/v1/pods?labelSelector=a%3Db%2Cc%20in%20%28d%29 {} "
                + "application/json|Bearer abc|bob|a+b|1")
    }

    @Test func `chunks arrive as they are sent`() async throws {
        let exchanges = AsyncStream<TestHTTPServer.Exchange>.makeStream()
        try await withTransport { _ in
        } answer: { exchange in
            exchange.begin()
            exchange.write("one")
            exchanges.continuation.yield(exchange)
        } _: { transport in
            let response = try await transport.send(
                APIRequest(.get, "/watch", query: [.init("watch", "true")]))
            guard case .stream(let chunks) = response.body else { return }
            var iterator = chunks.makeAsyncIterator()
            #expect(try await iterator.next() == Array("one".utf8))
            var pending = exchanges.stream.makeAsyncIterator()
            let exchange = try #require(await pending.next())
            exchange.write("two")
            #expect(try await iterator.next() == Array("two".utf8))
            exchange.abort()
            let error = await #expect(throws: KubeClientError.self) { _ = try await iterator.next() }
            #expect(error?.code == .connectionLost)
        }
    }

    @Test func `cancelling closes the connection`() async throws {
        let exchanges = AsyncStream<TestHTTPServer.Exchange>.makeStream()
        try await withTransport { _ in
        } answer: { exchange in
            exchange.begin()
            exchange.write("one")
            exchanges.continuation.yield(exchange)
        } _: { transport in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    _ = try await self.text(
                        try await transport.send(APIRequest(.get, "/", query: [.init("follow", "true")])))
                }
                var pending = exchanges.stream.makeAsyncIterator()
                let exchange = try #require(await pending.next())
                group.cancelAll()
                try await exchange.waitForClose()
                await #expect(throws: CancellationError.self) { try await group.waitForAll() }
            }
        }
    }

    @Test func `many watches leave room for other requests`() async throws {
        try await withTransport { _ in
        } answer: { exchange in
            if exchange.head.uri.contains("watch=true") { exchange.begin() } else { exchange.answer("ok") }
        } _: { transport in
            var watches: [APIResponse] = []
            for _ in 0..<100 {
                watches.append(
                    try await transport.send(APIRequest(.get, "/", query: [.init("watch", "true")])))
            }
            #expect(try await text(try await transport.send(APIRequest(.get, "/"))) == "ok")
            #expect(watches.count == 100)
        }
    }

    @Test func `a server that is not there is told apart from one that goes away`() async throws {
        // A port below those that are given out, where nobody listens.
        let port = 1
        let nobody = ClientConfiguration(
            server: ServerAddress(isSecure: false, host: "127.0.0.1", port: port))
        let refused = await #expect(throws: KubeClientError.self) {
            try await HTTPTransport.withTransport(nobody) { try await $0.send(APIRequest(.get, "/")) }
        }
        #expect(refused?.code == .unreachable)
        #expect(refused?.message == "cannot connect to the API server at http://127.0.0.1:\(port)")
        let lost = await #expect(throws: KubeClientError.self) {
            try await withTransport(answer: { $0.abort() }) { try await $0.send(APIRequest(.get, "/")) }
        }
        #expect(lost?.code == .connectionLost)
    }

    @Test func `a token is read again when the server refuses it`() async throws {
        let token = Recorder("old")
        let files = FileReader { _ in Array((token.value + "\n").utf8) }
        let clock = ManualClock()
        try await withTransport(
            { $0.credential = .tokenFile(path: "/token") }, files: files, timeline: clock.timeline
        ) { exchange in
            let isNew = exchange.head.headers["authorization"] == ["Bearer new"]
            exchange.answer(isNew ? "welcome" : "no", isNew ? .ok : .unauthorized)
        } _: { transport in
            let refused = try await transport.send(APIRequest(.get, "/"))
            #expect(refused.status == 401)
            token.withLock { $0 = "new" }
            #expect(try await transport.send(APIRequest(.get, "/")).status == 200)
            // Without a refusal, the file is looked at now and then.
            token.withLock { $0 = "newer" }
            #expect(try await transport.send(APIRequest(.get, "/")).status == 200)
            clock.advance(by: .seconds(10))
            #expect(try await transport.send(APIRequest(.get, "/")).status == 401)
        }
    }

    private func serverTLS(_ certificates: TestCertificates) throws -> TLSConfiguration {
        var tls = TLSConfiguration.makeServerConfiguration(
            certificateChain: try NIOSSLCertificate.fromPEMBytes(Array(certificates.server.certificate.utf8))
                .map {
                    .certificate($0)
                },
            privateKey: .privateKey(
                try NIOSSLPrivateKey(bytes: Array(certificates.server.key.utf8), format: .pem)))
        tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMBytes(Array(certificates.authority.utf8)))
        tls.certificateVerification = .noHostnameVerification
        return tls
    }

    @Test(arguments: [nil, "kubernetes"])
    func `both sides prove who they are`(serverName: String?) async throws {
        let certificates = try TestCertificates()
        let host = Recorder("")
        try await withTransport(tls: try serverTLS(certificates)) {
            $0.tls.authority = Array(certificates.authority.utf8)
            $0.tls.serverName = serverName
            $0.tls.identity = .init(
                certificates: Array(certificates.client.certificate.utf8),
                key: Array(certificates.client.key.utf8))
        } answer: { exchange in
            host.withLock { $0 = exchange.head.headers["host"].first ?? "" }
            exchange.answer("secret")
        } _: { transport in
            let response = try await transport.send(APIRequest(.get, "/"))
            #expect(try await text(response) == "secret")
        }
        #expect(host.value.hasPrefix("127.0.0.1"))
    }

    @Test func `a server that nobody vouches for is not spoken to`() async throws {
        let certificates = try TestCertificates(namesAddress: false)
        var tls = try serverTLS(certificates)
        tls.certificateVerification = .none
        let other = try TestCertificates()
        for change: (inout ClientConfiguration) -> Void in [
            {
                $0.tls.authority = Array(other.authority.utf8)
                $0.tls.serverName = "kubernetes"
            },
            { $0.tls.authority = Array(certificates.authority.utf8) },
            {
                $0.tls.authority = Array(certificates.authority.utf8)
                $0.tls.serverName = "elsewhere"
            },
        ] {
            let error = await #expect(throws: KubeClientError.self) {
                try await withTransport(tls: tls, change, answer: { $0.answer("secret") }) {
                    try await $0.send(APIRequest(.get, "/"))
                }
            }
            #expect(error?.code == .unreachable)
        }
        let status = try await withTransport(
            tls: tls, { $0.tls.skipsVerification = true }, answer: { $0.answer("secret") },
            { try await $0.send(APIRequest(.get, "/")).status })
        #expect(status == 200)
    }

    @Test func `what is no certificate is refused before anything is sent`() {
        var configuration = ClientConfiguration(server: ServerAddress(isSecure: true, host: "h", port: 1))
        configuration.tls.authority = Array("nonsense".utf8)
        let error = #expect(throws: KubeClientError.self) { try HTTPTransport(configuration) }
        #expect(error?.code == .configuration)
    }
}
