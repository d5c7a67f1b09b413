import Crypto
import Foundation
import Git
import Pipeline

/// The repository that a command is called in.
struct WorkTree {
    /// The root of the work tree.
    let directory: String
    /// The directory of the repository itself.
    let gitDirectory: String
    let repository: GitRepository
    /// The commit the work tree is based on; nil before the first one.
    let head: String?
    /// Whether the work tree is exactly that commit.
    let isClean: Bool
    /// What runs call the present state: the commit, or a name that follows from the changes.
    let name: String

    /// Looks at the work tree of a directory.
    ///
    /// - Throws: `CommandFailure` where it is none.
    init(_ directory: String) async throws {
        let path = "/usr/bin:/usr/local/bin:/bin:" + (ProcessInfo.processInfo.environment["PATH"] ?? "")
        let folders = path.split(separator: ":").map(String.init)
        guard let program = folders.map({ "\($0)/git" }).first(where: FileManager.default.isExecutableFile)
        else {
            throw CommandFailure(.refused, "git is not on this machine; install it")
        }
        let git = try GitProgram(path: program)
        func ask(_ arguments: [String]) async throws -> String {
            var invocation = GitInvocation(["-C", directory, "-c", "safe.directory=*"] + arguments)
            invocation.outputLimit = 1 << 30
            return try await git.run(invocation).text.trimmingCharacters(in: .newlines)
        }
        do {
            self.directory = try await ask(["rev-parse", "--show-toplevel"])
            gitDirectory = try await ask(["rev-parse", "--path-format=absolute", "--git-common-dir"])
        } catch let error as GitError {
            throw CommandFailure(
                .refused,
                "\(directory) is in no git repository (\(error)); run git init, or change the directory")
        }
        repository = GitRepository(path: gitDirectory, program: git)
        head = try? await ask(["rev-parse", "--verify", "--quiet", "HEAD^{commit}"])
        let changes = try await ask(["status", "--porcelain=v1", "-z", "--untracked-files=all"])
        isClean = changes.isEmpty
        if isClean, let head {
            name = head
        } else {
            let difference = head == nil ? "" : try await ask(["diff", "--binary", "HEAD"])
            let digest = SHA256.hash(data: Data("\(head ?? "")\0\(changes)\0\(difference)".utf8))
            name = digest.prefix(20).map { String(format: "%02x", $0) }.joined()
        }
    }

    /// Where files of runs lie: in the repository's own directory, which no tool looks into.
    var files: RunFiles { RunFiles(root: "\(gitDirectory)/slipway/ci") }

    /// Where runs get their files from.
    var sources: any SourceProvider {
        if isClean, head != nil { return GitSourceProvider { [repository] _, _ in repository } }
        return WorkTreeSourceProvider(directory: directory, git: repository, head: name, parent: head)
    }

    /// The commit that the work tree's change is compared with: the one asked for, else the remote's main branch.
    func base(_ wanted: String?) async throws -> String? {
        let usual = ["refs/remotes/origin/HEAD", "refs/remotes/origin/main", "refs/heads/main"]
        for candidate in wanted.map({ [$0] }) ?? usual {
            do {
                let commit = try await repository.commit(revision: candidate).id.hex
                return commit == name ? nil : commit
            } catch let error as GitError where error.code == .notFound {
                if wanted != nil {
                    throw CommandFailure(.notFound, "the base \(candidate) is no commit here")
                }
            }
        }
        return nil
    }
}
