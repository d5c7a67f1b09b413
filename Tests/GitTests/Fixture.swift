import Git
import Hummingbird
import Logging
import TestSupport
import Testing

/// Runs a body with an empty repository and a program whose readers are kept.
func withRepository<Result: Sendable>(
    keepsReaders: Bool = true, _ body: @Sendable (GitRepository, String) async throws -> Result
) async throws -> Result {
    try await withTemporaryDirectory { directory in
        let program = try GitProgram(path: try #require(Program.path("git")), isDurable: false)
        let repository = try await GitRepository.create(at: "\(directory)/shop.git", program: program)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            if keepsReaders { group.addTask { await program.run() } }
            let result = try await body(repository, directory)
            group.cancelAll()
            return result
        }
    }
}

let ada = Signature(name: "Ada", email: "ada@example.org", seconds: 1_700_000_000, offset: "+0100")

extension GitRepository {
    /// Commits files on top of a branch and moves it.
    @discardableResult
    func commit(_ message: String, _ files: [String: String], on branch: String = "main") async throws
        -> ObjectID
    {
        let name = "refs/heads/\(branch)"
        let head = try await reference(name)
        let edits = files.sorted { $0.key < $1.key }.map { TreeEdit.write($0.key, Array($0.value.utf8)) }
        let commit = try await commit(edits, on: head, author: ada, message: message)
        try await update([head.map { .move(name, from: $0, to: commit) } ?? .create(name, commit)])
        return commit
    }
}

/// Serves a repository as `shop.git` on a free port of the loopback interface.
func withGitHTTP<Result: Sendable>(
    limits: GitHTTPServer.Limits = .init(), authorize: @escaping GitHTTPServer.Authorize,
    _ body: @Sendable (String) async throws -> Result
) async throws -> Result {
    let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    let git = GitHTTPServer(limits: limits, logger: logger, authorize: authorize)
    let (ports, ready) = AsyncStream<Int>.makeStream()
    let application = Application(
        responder: CallbackResponder { (request: Request, _: BasicRequestContext) in
            await git.respond(to: request) ?? Response(status: .notFound)
        },
        configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: 0), serverName: nil),
        onServerRunning: { ready.yield($0.localAddress?.port ?? 0) }, logger: logger)
    return try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await application.run() }
        var iterator = ports.makeAsyncIterator()
        let port = await iterator.next() ?? 0
        let result = try await body("http://127.0.0.1:\(port)")
        group.cancelAll()
        return result
    }
}
