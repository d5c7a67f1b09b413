import Hummingbird
import Synchronization
import TestSupport
import Testing

@testable import OCI

@Suite struct ClientProtocolTests {
    private static let manifest = ManifestDocument(ImageManifest(configuration: .empty, layers: []))

    private static func answer(_ document: ManifestDocument = manifest) -> Response {
        .test(
            200, [("Content-Type", document.mediaType.rawValue)],
            String(decoding: document.bytes, as: UTF8.self))
    }

    private func reference(_ port: Int) throws -> Reference {
        try Reference(domain: "127.0.0.1:\(port)", repository: "team/app", tag: "v1")
    }

    @Test func `tokens are fetched for the scope, kept, and renewed when they expire`() async throws {
        let registry = ScriptedRegistry { request, count in
            if request.target.hasPrefix("/token") {
                return .test(200, [], #"{"access_token":"t\#(count)","expires_in":100}"#)
            }
            guard let authorization = request.authorization, authorization.hasPrefix("Bearer t") else {
                let port = request.headers["host"] ?? ""
                return .test(
                    401,
                    [("WWW-Authenticate", #"Bearer realm="http://\#(port)/token",service="a,b",scope="x""#)])
            }
            return Self.answer()
        }
        try await registry.run { port in
            let reference = try reference(port)
            let time = Mutex(ContinuousClock.now)
            var configuration = RegistryClient.Configuration.impatient()
            configuration.credentials = .single(
                .password(user: "u", password: "p"), for: reference.domain)
            configuration.now = { time.withLock { $0 } }
            try await RegistryClient.withClient(configuration) { client in
                for _ in 0..<3 { _ = try await client.manifest(reference) }
                time.withLock { $0 += .seconds(91) }
                _ = try await client.manifest(reference)
            }
            let tokens = registry.seen.filter { $0.target.hasPrefix("/token") }
            #expect(tokens.count == 2)
            #expect(tokens[0].target.contains("scope=repository:team/app:pull"))
            #expect(tokens[0].target.contains("service=a%2Cb"))
            #expect(tokens[0].authorization == "Basic dTpw")
            #expect(registry.seen.count == 1 + 2 + 4)
        }
    }

    @Test func `a refresh token is exchanged, and one that is offered is used`() async throws {
        let registry = ScriptedRegistry { request, _ in
            if request.target.hasPrefix("/token") {
                return .test(200, [], #"{"token":"t","refresh_token":"next","expires_in":0}"#)
            }
            guard request.authorization == "Bearer t" else {
                return .test(
                    401,
                    [("WWW-Authenticate", #"Bearer realm="http://\#(request.headers["host"] ?? "")/token""#)])
            }
            return Self.answer()
        }
        try await registry.run { port in
            let reference = try reference(port)
            var configuration = RegistryClient.Configuration.impatient()
            configuration.credentials = .single(.password(user: "u", password: "p"), for: reference.domain)
            try await RegistryClient.withClient(configuration) { client in
                for _ in 0..<2 { _ = try await client.manifest(reference) }
            }
            let tokens = registry.seen.filter { $0.target.hasPrefix("/token") }
            #expect(tokens.map(\.method) == ["GET", "POST"])
            #expect(tokens[1].authorization == nil)
            #expect(String(decoding: tokens[1].body, as: UTF8.self).contains("refresh_token=next"))
        }
    }

    @Test func `a redirect takes no credentials along`() async throws {
        let blob = Array("content".utf8)
        let store = ScriptedRegistry { _, _ in .test(200, [], "content") }
        try await store.run { storePort in
            let registry = ScriptedRegistry { request, _ in
                guard request.authorization != nil else {
                    return .test(401, [("WWW-Authenticate", "Basic realm=x")])
                }
                return .test(307, [("Location", "http://127.0.0.1:\(storePort)/blob?signature=1")])
            }
            try await registry.run { port in
                let reference = try reference(port)
                var configuration = RegistryClient.Configuration.impatient()
                configuration.credentials = .single(
                    .password(user: "u", password: "p"), for: reference.domain)
                try await RegistryClient.withClient(configuration) { client in
                    let content = try await client.blob(.sha256(blob), in: reference)
                    #expect(content == blob)
                }
            }
            #expect(store.seen.map(\.authorization) == [nil])
            #expect(store.seen.map(\.target) == ["/blob?signature=1"])
        }
    }

    @Test func `redirects without end are not followed`() async throws {
        let registry = ScriptedRegistry { request, _ in .test(307, [("Location", request.target)]) }
        try await registry.run { port in
            try await RegistryClient.withClient(.impatient()) { client in
                await #expect(throws: OCIError.self) {
                    try await client.blob(.sha256([1]), in: reference(port))
                }
            }
            #expect(registry.seen.count == 6)
        }
    }

    @Test func `busy registries are asked again after as long as they say`() async throws {
        let waits = Mutex<[Duration]>([])
        let registry = ScriptedRegistry { _, count in
            switch count {
            case 0: .test(429, [("Retry-After", "7")])
            case 1: .test(503)
            case 2: .test(500)
            default: Self.answer()
            }
        }
        try await registry.run { port in
            var configuration = RegistryClient.Configuration.impatient()
            configuration.retry.sleep = { duration in waits.withLock { $0.append(duration) } }
            try await RegistryClient.withClient(configuration) { client in
                _ = try await client.manifest(reference(port))
            }
        }
        #expect(waits.withLock { $0 } == [.seconds(7), .milliseconds(400), .milliseconds(800)])
    }

    @Test func `a registry that stays busy is given up, with its own words`() async throws {
        let registry = ScriptedRegistry { _, _ in
            .test(429, [], #"{"errors":[{"code":"TOOMANYREQUESTS","message":"slow\u001bdown"}]}"#)
        }
        try await registry.run { port in
            try await RegistryClient.withClient(.impatient()) { client in
                await #expect {
                    try await client.manifest(reference(port))
                } throws: {
                    guard let error = $0 as? OCIError, error.code == .rateLimited else { return false }
                    return error.description.contains("TOOMANYREQUESTS: slow down")
                }
            }
            #expect(registry.seen.count == 5)
        }
    }

    @Test func `answers that are too large or not what was asked for are refused`() async throws {
        let other = ManifestDocument(ImageManifest(artifactType: "x", configuration: .empty, layers: []))
        let registry = ScriptedRegistry { request, _ in
            if request.target.contains("large") {
                return .test(200, [], String(repeating: " ", count: ManifestDocument.largestSize + 1))
            }
            return Self.answer(other)
        }
        try await registry.run { port in
            try await RegistryClient.withClient(.impatient()) { client in
                let reference = try reference(port)
                await #expect {
                    try await client.manifest(reference.with(Self.manifest.digest))
                } throws: { ($0 as? OCIError)?.code == .digestMismatch }
                await #expect {
                    try await client.manifest(try reference.with(tag: "large"))
                } throws: { ($0 as? OCIError)?.code == .limitExceeded }
                await #expect {
                    try await client.blob(.sha256([1]), in: reference)
                } throws: { ($0 as? OCIError)?.code == .digestMismatch }
                await #expect {
                    try await client.blob(.sha256([1]), in: reference, limit: 10)
                } throws: { ($0 as? OCIError)?.code == .limitExceeded }
                try await withTemporaryDirectory { directory in
                    let store = try ContentStore(directory: directory)
                    await #expect {
                        try await client.pullBlob(
                            Descriptor(mediaType: .layerTar, digest: .sha256([1]), size: 3), from: reference,
                            into: store)
                    } throws: { ($0 as? OCIError)?.code == .sizeMismatch }
                    let digests = await store.digests()
                    #expect(digests.isEmpty)
                }
            }
        }
    }

    @Test func `an error page of any length is an error and no more`() async throws {
        let registry = ScriptedRegistry { _, _ in .test(418, [], String(repeating: "<p>", count: 100_000)) }
        try await registry.run { port in
            try await RegistryClient.withClient(.impatient()) { client in
                _ = await #expect {
                    try await client.manifest(reference(port))
                } throws: { ($0 as? OCIError)?.code == .registry && "\($0)".contains("HTTP status 418") }
            }
        }
    }

    @Test func `pages of a list are followed on the same registry only`() async throws {
        let registry = ScriptedRegistry { request, count in
            if request.target.contains("app/tags"), count < 2 {
                return .test(
                    200, [("Link", "</v2/team/app/tags/list?last=\(count)>; rel=\"next\"")],
                    #"{"tags":["t\#(count)"]}"#)
            }
            if request.target.contains("evil") {
                return .test(200, [("Link", "<http://127.0.0.2/v2/x/tags/list>; rel=next")], #"{"tags":[]}"#)
            }
            return .test(200, [], #"{"name":"x","tags":null}"#)
        }
        try await registry.run { port in
            try await RegistryClient.withClient(.impatient()) { client in
                let reference = try reference(port)
                let tags = try await client.tags(in: reference)
                #expect(tags == ["t0", "t1"])
                let evil = try Reference(domain: reference.domain, repository: "evil")
                await #expect(throws: OCIError.self) { try await client.tags(in: evil) }
            }
        }
    }

    @Test func `registries elsewhere are spoken to with TLS`() async throws {
        try await RegistryClient.withClient(.impatient()) { client in
            for (domain, url) in [
                ("localhost:5000", "http://localhost:5000/v2/a/x"), ("127.1.2.3", "http://127.1.2.3/v2/a/x"),
                ("[::1]:80", "http://[::1]:80/v2/a/x"), ("docker.io", "https://registry-1.docker.io/v2/a/x"),
                ("Example.com", "https://example.com/v2/a/x"),
                ("127.0.0.1.example.com", "https://127.0.0.1.example.com/v2/a/x"),
            ] {
                let reference = try Reference(domain: domain, repository: "a")
                #expect(client.request("GET", reference, "x", .pull, "").url.description == url)
            }
        }
    }
}

@Suite struct ClientParsingTests {
    @Test func `challenges are read with quoted commas, escapes and several schemes`() {
        let header =
            #"Basic realm="a \"b\", c", Bearer realm="https://x/t?a=b",service=s , scope="repository:a:pull,push""#
        let challenges = AuthenticationChallenge.parse(header)
        #expect(challenges.map(\.scheme) == ["basic", "bearer"])
        #expect(challenges[0].parameters == ["realm": #"a "b", c"#])
        #expect(
            challenges[1].parameters == [
                "realm": "https://x/t?a=b", "service": "s", "scope": "repository:a:pull,push",
            ])
        #expect(AuthenticationChallenge.parse("Negotiate").map(\.scheme) == ["negotiate"])
        #expect(AuthenticationChallenge.parse("").isEmpty)
        #expect(AuthenticationChallenge.parse("\"").isEmpty)
    }

    @Test(
        arguments: [
            ("/v2/x", "https://a/v2/x"), ("x", "https://a/v2/b/x"), ("?q", "https://a/v2/b/c?q"),
            ("//other/x", "https://other/x"), ("http://o:1/x#f", "http://o:1/x"),
            ("https://O/", "https://o/"),
            ("ftp://o/x", nil), ("http://user@o/x", nil), ("http://", nil), ("/a b", nil), ("", nil),
        ] as [(String, String?)])
    func `locations are understood relative to the request`(_ location: String, _ expected: String?) {
        let base = RegistryURL("https://a/v2/b/c?d=e")
        #expect(base?.resolving(location)?.description == expected)
    }

    @Test func `credentials come from docker's file, and helpers are refused by name`() throws {
        let text = """
            {"auths":{"https://index.docker.io/v1/":{"auth":"dTpwOnA="},"reg:5000":{"username":"a","password":"b"},
            "reg:5000/team":{"auth":"eDp5"},"token.io":{"identitytoken":"it"},"empty.io":{}},
            "credHelpers":{"help.io":"pass"},"credsStore":"desktop"}
            """
        let file = try DockerConfiguration(parsing: Array(text.utf8), path: "config.json")
        #expect(
            try file.credential(for: "docker.io", repository: "library/x")
                == .password(user: "u", password: "p:p"))
        #expect(try file.credential(for: "reg:5000", repository: "x") == .password(user: "a", password: "b"))
        #expect(
            try file.credential(for: "reg:5000", repository: "team/x") == .password(user: "x", password: "y"))
        #expect(try file.credential(for: "token.io", repository: "x") == .refreshToken("it"))
        #expect(try file.credential(for: "other.io", repository: "x") == nil)
        for (domain, helper) in [("help.io", "pass"), ("empty.io", "desktop")] {
            #expect {
                try file.credential(for: domain, repository: "x")
            } throws: { "\($0)".contains("docker-credential-\(helper)") }
        }
        #expect(throws: OCIError.self) {
            try DockerConfiguration(parsing: Array(#"{"auths":{"a":{"auth":"!"}}}"#.utf8), path: "x")
                .credential(for: "a", repository: "x")
        }
        #expect("\(RegistryCredential.password(user: "u", password: "secret"))" == "password of u")
    }

    @Test(
        arguments: [
            ("0-99", 100), ("0-0", 0), ("bytes=0-9", 10), ("0-", 0), ("5-9", nil), ("x", nil), ("0--5", nil),
            ("0-9223372036854775807", nil),
        ] as [(String, Int64?)])
    func `the range a registry has received is read`(_ header: String, _ count: Int64?) {
        #expect(RegistryClient.receivedBytes(header) == count)
    }

    @Test func `the next page is found among links`() {
        #expect(RegistryClient.nextPage(#"</a>; rel="prev", </b?x=1>; rel="next""#) == "/b?x=1")
        #expect(RegistryClient.nextPage("</a>; rel=next") == "/a")
        #expect(RegistryClient.nextPage("</a>") == nil)
        #expect(RegistryClient.nextPage(">a<") == nil)
    }

    @Test func `commits and the tags of referrers pass the rule, all else is refused with a reason`() {
        let hex = Digest.sha256([1]).hex
        for tag in [
            String(hex.prefix(40)), "sha256-\(hex)", "sha256-\(hex).sig", "sha256-\(hex).att",
            "sha256-\(hex).sbom",
        ] {
            #expect(throws: Never.self) { try TagRule.commit.check(tag) }
        }
        for tag in [
            "latest", "main", "v1", hex, "sha256-\(hex).exe", "sha256-\(hex.prefix(63))",
            String(hex.prefix(39)),
        ] {
            #expect { try TagRule.commit.check(tag) } throws: {
                ($0 as? OCIError)?.code == .tagRefused && "\($0)".contains("git rev-parse HEAD")
            }
        }
        #expect(throws: Never.self) { try TagRule.any.check("latest") }
    }
}
