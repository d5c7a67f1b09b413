import Git
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import TestSupport
import Testing

struct HTTPTests {
    private static func serve<Result: Sendable>(
        _ body: @Sendable (GitRepository, String, String) async throws -> Result
    ) async throws -> Result {
        try await withRepository { repository, directory in
            try await withGitHTTP(
                authorize: { request in
                    guard request.repository == "team/shop" else {
                        return .notFound("no \(request.repository)")
                    }
                    if request.service == .receivePack {
                        guard case .basic("ada", "pass:word") = request.credentials else {
                            return .unauthorized(realm: "test", message: "who are you?")
                        }
                    }
                    return .allow(GitHTTPAccess(repository))
                }
            ) { address in try await body(repository, address, directory) }
        }
    }

    @Test func `a stock client clones, wholly, shallowly and in part`() async throws {
        try await Self.serve { repository, address, directory in
            for number in 0..<5 {
                try await repository.commit("Commit \(number)", ["f\(number)": "text \(number)"])
            }
            let client = try ClientGit(directory)
            try await client("clone", "--quiet", "\(address)/team/shop.git", "whole")
            try await client("clone", "--quiet", "--depth=1", "\(address)/team/shop", "shallow")
            try await client(
                "clone", "--quiet", "--no-checkout", "--filter=blob:none", "\(address)/team/shop", "part")
            #expect(try await client("-C", "whole", "rev-list", "--count", "HEAD") == "5")
            #expect(try await client("-C", "shallow", "rev-list", "--count", "HEAD") == "1")
            try await client("-C", "shallow", "fetch", "--quiet", "--unshallow")
            #expect(try await client("-C", "shallow", "rev-list", "--count", "HEAD") == "5")
            #expect(try await client("-C", "part", "cat-file", "-p", "HEAD:f2") == "text 2")
            for version in ["0", "1", "2"] {
                try await client(
                    "-c", "protocol.version=\(version)", "clone", "--quiet", "\(address)/team/shop",
                    "v\(version)")
            }
        }
    }

    /// A connection that is gone before the answer begins: nobody asks for the answer's body.
    @Test func `an answer that nobody takes gives its place back`() async throws {
        try await withRepository { repository, _ in
            var limits = GitHTTPServer.Limits()
            limits.exchanges = 1
            let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            let server = GitHTTPServer(limits: limits, logger: logger) { _ in
                .allow(GitHTTPAccess(repository))
            }
            for _ in 0..<3 {
                let head = HTTPRequest(
                    method: .post, scheme: "http", authority: "localhost", path: "/shop.git/git-upload-pack",
                    headerFields: [.contentType: "application/x-git-upload-pack-request"])
                let request = Request(head: head, body: RequestBody(buffer: ByteBuffer()))
                let response = await server.respond(to: request)
                #expect(response?.status == .ok)
            }
        }
    }

    @Test func `a push needs credentials and lands whole`() async throws {
        try await Self.serve { repository, address, directory in
            let client = try ClientGit("\(directory)/work")
            try await client("init", "--quiet", "-b", "main")
            var files: [String: String] = [:]
            var generator = SeededGenerator(seed: 7)
            // Long enough that git sends it in chunks, and compresses what it asks.
            for number in 0..<30 {
                files["f\(number)"] = String(
                    (0..<80_000).map { _ in
                        Character(Unicode.Scalar(UInt8.random(in: 33...126, using: &generator)))
                    })
            }
            let head = try await client.commit("Much", files)
            let anonymous = try await client.attempt("push", "\(address)/team/shop.git", "main")
            #expect(anonymous.code != 0)
            let target = address.replacing("http://", with: "http://ada:pass%3Aword@") + "/team/shop.git"
            try await client("push", "--quiet", target, "main")
            #expect(try await repository.reference("refs/heads/main")?.hex == head)
            let unknown = try await client.attempt("ls-remote", "\(address)/other")
            #expect(unknown.code != 0 && unknown.error.contains("not found"))
        }
    }

    @Test func `a fetch with a long negotiation is sent compressed and understood`() async throws {
        try await Self.serve { repository, address, directory in
            try await repository.commit("Root", ["a": "0"])
            let client = try ClientGit("\(directory)/work")
            try await client("clone", "--quiet", "\(address)/team/shop", ".")
            // Commits the server does not know make the client offer many, in a body over 1 KiB, which it gzips.
            for number in 0..<80 {
                try await client("commit", "--quiet", "--allow-empty", "-m", "local \(number)")
            }
            try await repository.commit("Next", ["b": "1"])
            for version in ["0", "2"] {
                let outcome = try await client.attempt("-c", "protocol.version=\(version)", "fetch", "origin")
                #expect(outcome.code == 0, "\(outcome.error)")
            }
            let head = try await repository.reference("refs/heads/main")
            #expect(try await client("rev-parse", "origin/main") == head?.hex)
        }
    }

    @Test func `repositories fetch from and push to remotes without telling secrets`() async throws {
        try await Self.serve { repository, address, directory in
            let head = try await repository.commit("One", ["a": "1"])
            let copy = try await GitRepository.create(
                at: "\(directory)/copy.git", program: repository.program)
            var remote = Remote(url: "\(address)/team/shop.git")
            try await copy.fetch(["+refs/heads/*:refs/heads/*"], from: remote)
            #expect(try await copy.reference("refs/heads/main") == head)
            let offered = try await repository.program.references(of: remote, matching: ["refs/heads/main"])
            #expect(offered == [Reference(name: "refs/heads/main", target: head)])

            let next = try await copy.commit("Two", ["b": "2"])
            let refused = await #expect(throws: GitError.self) {
                try await copy.push(["refs/heads/main:refs/heads/main"], to: remote)
            }
            #expect(refused?.code == .authentication)
            remote.credentials = .basic(user: "ada", password: "pass:word")
            try await copy.push(
                ["refs/heads/main:refs/heads/main"], to: remote, expecting: ["refs/heads/main": head])
            #expect(try await repository.reference("refs/heads/main") == next)
            try await copy.commit("Three", ["c": "3"])
            let stale = await #expect(throws: GitError.self) {
                try await copy.push(
                    ["+refs/heads/main:refs/heads/main"], to: remote, expecting: ["refs/heads/main": head])
            }
            #expect(stale?.code == .refused)

            remote.url = address.replacing("http://", with: "http://ada:secret-word@") + "/other.git"
            remote.credentials = nil
            let missing = await #expect(throws: GitError.self) {
                try await copy.fetch(["refs/heads/x:refs/x"], from: remote)
            }
            #expect(missing?.code == .notFound)
            #expect(missing?.description.contains("secret-word") == false)
        }
    }

    @Test func `a request without bounds is refused`() async throws {
        try await withRepository { repository, directory in
            var limits = GitHTTPServer.Limits()
            limits.requestBytes = 10_000
            try await withGitHTTP(limits: limits, authorize: { _ in .allow(GitHTTPAccess(repository)) }) {
                address in
                let client = try ClientGit("\(directory)/work")
                try await client("init", "--quiet", "-b", "main")
                var generator = SeededGenerator(seed: 9)
                let noise = String(
                    (0..<50_000).map { _ in
                        Character(Unicode.Scalar(UInt8.random(in: 33...126, using: &generator)))
                    })
                try await client.commit("Big", ["big": noise])
                #expect(try await client.attempt("push", "\(address)/shop", "main").code != 0)
                #expect(try await repository.reference("refs/heads/main") == nil)
            }
        }
    }
}
