import AsyncHTTPClient
import ClusterTestSupport
import Crypto
import GitOps
import Hummingbird
import KubeClient
import KubeModel
import Logging
import Manifest
import NIOCore
import NIOHTTP1
import Testing

/// Messages in the form in which the forges send them, over HTTP.
@Suite struct WebhookRouteTests {
    private static let secret = "s3cret"

    /// A message about the configuration's repository.
    struct Message: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var headers: [String: String]
        var body: String
        /// The header that carries the signature, and what stands before its digits; nil where the secret is sent.
        var signature: (name: String, prefix: String)?
    }

    static let messages = [
        Message(
            testDescription: "GitHub",
            headers: [
                "X-GitHub-Event": "push", "X-GitHub-Delivery": "72d3162e-cc78-11e3-81ab-4c9367dc0958",
                "Content-Type": "application/json",
            ],
            body: #"""
                {"ref": "refs/heads/main", "before": "0000000000000000000000000000000000000000",
                 "repository": {"id": 1, "full_name": "team/config", "private": true,
                   "html_url": "https://git.example.com/team/config", "url": "https://git.example.com/team/config",
                   "clone_url": "https://git.example.com/team/config.git",
                   "ssh_url": "git@git.example.com:team/config.git", "default_branch": "main"},
                 "pusher": {"name": "ada"}, "commits": []}
                """#, signature: ("X-Hub-Signature-256", "sha256=")),
        Message(
            testDescription: "GitHub, as a form",
            headers: [
                "X-GitHub-Event": "push", "Content-Type": "application/x-www-form-urlencoded",
            ],
            body: "payload=%7B%22repository%22%3A+%7B%22clone_url%22%3A%22https%3A%2F%2Fgit.example.com"
                + "%2Fteam%2Fconfig.git%22%7D%7D", signature: ("X-Hub-Signature-256", "sha256=")),
        Message(
            testDescription: "GitLab",
            headers: [
                "X-Gitlab-Event": "Push Hook", "X-Gitlab-Token": secret, "Content-Type": "application/json",
            ],
            body: #"""
                {"object_kind": "push", "event_name": "push", "ref": "refs/heads/main", "user_username": "ada",
                 "project": {"id": 15, "name": "config", "web_url": "https://git.example.com/team/config",
                   "git_ssh_url": "git@git.example.com:team/config.git",
                   "git_http_url": "https://git.example.com/team/config.git", "default_branch": "main"},
                 "repository": {"name": "config", "url": "git@git.example.com:team/config.git"}, "commits": []}
                """#),
        Message(
            testDescription: "Gitea",
            headers: [
                "X-Gitea-Event": "push", "X-GitHub-Event": "push", "X-Gogs-Event": "push",
                "Content-Type": "application/json",
            ],
            body: #"""
                {"ref": "refs/heads/main", "commits": [],
                 "repository": {"id": 1, "full_name": "team/config",
                   "html_url": "https://git.example.com/team/config",
                   "ssh_url": "ssh://git@git.example.com/team/config.git",
                   "clone_url": "https://git.example.com/team/config.git"}, "pusher": {"login": "ada"}}
                """#, signature: ("X-Gitea-Signature", "")),
    ]

    @Test(arguments: messages)
    func `a message of a forge has the new commit synced at once`(_ message: Message) async throws {
        try await Self.withRoutes { installation, url in
            let first = try await installation.commit(["shop/map.yaml": Manifests.configMap("map")])
            try await installation.createApplication(
                "shop", policy: ["automated": [:], "syncOptions": ["CreateNamespace=true"]])
            try await installation.awaitSynced("shop", to: first)

            let second = try await installation.commit(
                ["shop/map.yaml": Manifests.configMap("map", ["key": "new"])], tells: false)
            #expect(try await Self.send(message, secret: Self.secret, to: url) == 202)
            try await installation.awaitSynced("shop", to: second)
        }
    }

    @Test func `what does not prove whom it is from, or says nothing, is refused`() async throws {
        try await Self.withRoutes { _, url in
            for message in Self.messages where message.signature != nil {
                #expect(try await Self.send(message, secret: "another", to: url) == 401)
            }
            var unsigned = Self.messages[0]
            unsigned.signature = nil
            #expect(try await Self.send(unsigned, secret: Self.secret, to: url) == 401)
            var nameless = Self.messages[0]
            nameless.body = #"{"repository": {}}"#
            #expect(try await Self.send(nameless, secret: Self.secret, to: url) == 422)
            nameless.body = "{"
            #expect(try await Self.send(nameless, secret: Self.secret, to: url) == 422)
            nameless.headers = [:]
            #expect(try await Self.send(nameless, secret: Self.secret, to: url) == 422)
            var ping = Self.messages[0]
            ping.headers["X-GitHub-Event"] = "ping"
            #expect(try await Self.send(ping, secret: Self.secret, to: url) == 202)
            var long = Self.messages[0]
            long.body = String(repeating: " ", count: Webhook.bodyLimit + 1)
            #expect(try await Self.send(long, secret: Self.secret, to: url) == 413)
            var get = HTTPClientRequest(url: url)
            get.method = .GET
            let answer = try await HTTPClient.shared.execute(get, timeout: .seconds(60))
            #expect(answer.status.code == 404)
        }
    }

    private static func withRoutes(
        _ body: @Sendable (Installation, _ url: String) async throws -> Void
    ) async throws {
        try await Installation.run({ $0.pollInterval = .seconds(3600) }) { installation in
            let router = Router()
            WebhookRoutes(installation.controller) { Self.secret }.addRoutes(to: router)
            let (ports, listening) = AsyncStream<Int>.makeStream()
            let application = Hummingbird.Application(
                router: router, configuration: .init(address: .hostname("127.0.0.1", port: 0)),
                onServerRunning: { listening.yield($0.localAddress?.port ?? 0) }, logger: .silent)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await application.run() }
                var iterator = ports.makeAsyncIterator()
                let port = await iterator.next() ?? 0
                try await body(installation, "http://127.0.0.1:\(port)\(WebhookRoutes.path)")
                group.cancelAll()
            }
        }
    }

    private static func send(_ message: Message, secret: String, to url: String) async throws -> UInt {
        var request = HTTPClientRequest(url: url)
        request.method = .POST
        for (name, value) in message.headers { request.headers.add(name: name, value: value) }
        if let signature = message.signature {
            let code = HMAC<SHA256>.authenticationCode(
                for: Array(message.body.utf8), using: SymmetricKey(data: Array(secret.utf8)))
            let digits = code.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
            request.headers.add(name: signature.name, value: signature.prefix + digits)
        }
        request.body = .bytes(ByteBuffer(string: message.body))
        return try await HTTPClient.shared.execute(request, timeout: .seconds(60)).status.code
    }
}
