import Crypto
import Forge
import Git
import Hummingbird
import KubeClient
import KubeModel
import Logging
import Manifest
import TestSupport
import Testing

struct ProtocolTests {
    /// What any forge must do, said through the protocol alone.
    private func work(_ ada: some Forge, _ bob: some Forge, _ git: ClientGit) async throws {
        let name = "default/config"
        let made = try await ada.repository(name)
        #expect(made.defaultBranch == "main" && made.cloneURL.hasSuffix("/default/config.git"))
        #expect(try await ada.pullRequests(of: name, all: true).count == 1)

        let head = try await git.commit("Promote shop", ["shop/image": "v2"])
        try await git("push", "--quiet", "origin", "HEAD:refs/heads/promote-shop")
        let proposal = ForgeProposal(title: "Promote shop to v2", source: "promote-shop", target: "main")
        let pull = try await ada.openPullRequest(proposal, in: name)
        #expect(pull.number == 2 && pull.head == head && pull.state == .open && pull.author == "ada")
        #expect(try await ada.openPullRequest(proposal, in: name).number == 2)

        try await ada.protect("main", .init(requiredApprovals: 1), in: name)
        #expect(try await ada.protection(of: "main", in: name) == .init(requiredApprovals: 1))
        #expect(try await ada.protection(of: "promote-shop", in: name).isProtected == false)
        let open = await #expect(throws: ForgeError.self) {
            try await ada.protect("main", .init(isProtected: false), in: name)
        }
        #expect(open?.code == .unsupported)

        try await ada.comment(on: 2, in: name, "please look")
        try await bob.comment(on: 2, in: name, "looking")
        #expect(try await bob.comments(on: 2, in: name).map(\.author) == ["ada", "bob"])
        try await bob.setStatus(.init(context: "smoke", state: .pending), of: head, in: name)
        try await bob.setStatus(.init(context: "smoke", state: .success), of: head, in: name)
        #expect(try await ada.statuses(of: head, in: name) == [.init(context: "smoke", state: .success)])

        try await ada.merge(2, of: name, head: head)
        let own = await #expect(throws: ForgeError.self) {
            try await ada.review(2, of: name, .approve, head: head, body: nil)
        }
        #expect(own?.code == .forbidden)
        try await bob.review(2, of: name, .approve, head: head, body: "good")
        #expect(try await ada.reviews(of: 2, in: name).map(\.opinion) == [.approve])
    }

    @Test func `the embedded forge does what the protocol says`() async throws {
        try await ForgeFixture.with(runsGates: false) { fixture in
            let ada = fixture.forge.acting(as: ForgeUser(name: "ada"))
            _ = try await ada.createRepository("default/config", defaultBranch: "main")
            let exists = await #expect(throws: ForgeError.self) {
                try await ada.createRepository("default/config", defaultBranch: "main")
            }
            #expect(exists?.code == .exists)
            try await fixture.client.patch(
                .repositories, "config", namespace: "default", .merge(["spec": ["gates": "None"]]))
            try await fixture.wait(.repositories, "config") { $0.conditions.isTrue("Ready") }
            let git = try await fixture.developer(repository: "config", clones: false)
            try await git.commit("Begin", ["shop/image": "v1"])
            try await git("push", "--quiet", "-o", "auto-merge", "origin", "HEAD:refs/for/main")
            _ = try await fixture.waitForPhase("config-1", .merged)
            try await git("pull", "--quiet", "origin", "main")
            try await work(ada, fixture.forge.acting(as: ForgeUser(name: "bob")), git)
            let merged = try await fixture.waitForPhase("config-2", .merged)
            let pull = try await ada.pullRequest(2, of: "default/config")
            #expect(pull.state == .merged && pull.mergeCommit == merged.mergeCommit)
        }
    }

    @Test func `a draft tells what it waits for where that was said`() async throws {
        try await ForgeFixture.with { fixture in
            try await fixture.repository("shop", .init())
            let ada = try await fixture.developer(clones: false)
            try await ada.commit("Sell shoes", ["a": "1"])
            try await ada("push", "--quiet", "origin", "HEAD:refs/heads/shoes")
            _ = try await fixture.forge.acting(as: ForgeUser(name: "ada")).openPullRequest(
                ForgeProposal(
                    title: "Sell shoes", source: "shoes", target: "main", isDraft: true,
                    draftReason: "lands once bob agrees"),
                in: "default/shop")
            #expect(try await fixture.waitForReason("shop-1", "Draft").message == "lands once bob agrees")
        }
    }

    @Test func `a pull request that was closed tells why, with the reason that was given first`() async throws
    {
        try await ForgeFixture.with { fixture in
            try await fixture.repository("shop", .init())
            let ada = try await fixture.developer(clones: false)
            try await ada.commit("Sell shoes", ["a": "1"])
            try await ada("push", "--quiet", "origin", "HEAD:refs/for/main")
            let session = fixture.forge.acting(as: ForgeUser(name: "ada"))
            try await session.close(1, of: "default/shop", because: "shoes are in production as 0123456789")
            try await session.close(1, of: "default/shop", because: "nobody wants them")
            let status = try await fixture.waitForPhase("shop-1", .closed)
            #expect(status.reason == "Closed")
            #expect(status.message == "shoes are in production as 0123456789")
            try await ada.commit("Sell hats", ["b": "1"])
            try await ada("push", "--quiet", "-o", "topic=hats", "origin", "HEAD:refs/for/main")
            try await session.close(2, of: "default/shop", because: nil)
            let silent = try await fixture.waitForPhase("shop-2", .closed)
            #expect(silent.message == "closed without being merged")
        }
    }

    @Test func `webhooks are told, with a signature`() async throws {
        let (received, receive) = AsyncStream<(event: String, signature: String, body: [UInt8])>.makeStream()
        let (ports, ready) = AsyncStream<Int>.makeStream()
        let application = Application(
            responder: CallbackResponder { (request: Request, _: BasicRequestContext) in
                let body = try await request.body.collect(upTo: 1 << 20)
                func header(_ name: String) -> String {
                    request.headers.first { $0.name.rawName == name }?.value ?? ""
                }
                receive.yield(
                    (
                        header("x-slipway-event"), header("x-slipway-signature-256"),
                        Array(body.readableBytesView)
                    ))
                return Response(status: .ok)
            },
            configuration: .init(address: .hostname("127.0.0.1", port: 0), serverName: nil),
            onServerRunning: { ready.yield($0.localAddress?.port ?? 0) },
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        try await ForgeFixture.with { fixture in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await application.run() }
                var port = ports.makeAsyncIterator()
                let url = "http://127.0.0.1:\(await port.next() ?? 0)/hook"
                try await fixture.client.create(
                    .secrets,
                    [
                        "apiVersion": "v1", "kind": "Secret", "metadata": ["name": "hook"],
                        "stringData": ["token": "s3cret"],
                    ], namespace: "default")
                try await fixture.repository()
                let ada = fixture.forge.acting(as: ForgeUser(name: "ada"))
                try await ada.addWebhook(.init(url: url, secret: "hook"), to: "default/shop")
                try await fixture.begin()
                var events: [String] = []
                for await delivery in received {
                    let key = SymmetricKey(data: Array("s3cret".utf8))
                    let code = HMAC<SHA256>.authenticationCode(for: delivery.body, using: key)
                    let digits = code.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
                    #expect(delivery.signature == "sha256=\(digits)")
                    let body = try JSON.parse(delivery.body)
                    #expect(body["repository"]?.stringValue == "default/shop")
                    events.append("\(delivery.event) \(body["action"]?.stringValue ?? "")")
                    if Set(events).isSuperset(of: ["pull_request opened", "push ", "pull_request merged"]) {
                        break
                    }
                }
                try await ada.removeWebhook(url: url, from: "default/shop")
                #expect(try await ada.webhooks(of: "default/shop").isEmpty)
                group.cancelAll()
            }
        }
    }
}
