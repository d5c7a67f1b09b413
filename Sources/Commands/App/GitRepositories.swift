import Foundation
import Git

/// Git repositories on this machine, bare or with files checked out.
enum GitRepositories {
    /// The git program of this machine.
    ///
    /// - Throws: `CommandFailure` where there is none.
    static func program() throws -> GitProgram {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map(
            String.init)
        let candidates = folders.map { "\($0)/git" }
        guard let git = candidates.first(where: { FileManager.default.isExecutableFile(atPath: $0) }) else {
            throw CommandFailure(.refused, "there is no git on PATH; install git")
        }
        do {
            return try GitProgram(path: git)
        } catch {
            throw CommandFailure(.refused, "\(error)")
        }
    }

    /// The repository of a directory.
    ///
    /// - Parameter program: the git program to read it with, another one than by default where that is running.
    /// - Throws: `CommandFailure` where git is missing or the directory is in no repository.
    static func open(_ directory: String, _ program: GitProgram? = nil) throws -> GitRepository {
        let git = try program ?? self.program()
        var place = URL(filePath: directory).standardizedFileURL
        while true {
            for candidate in [place.appending(path: ".git"), place] {
                let head = candidate.appending(path: "HEAD").path
                let objects = candidate.appending(path: "objects").path
                if FileManager.default.fileExists(atPath: head),
                    FileManager.default.fileExists(atPath: objects)
                {
                    return GitRepository(path: candidate.path, program: git)
                }
            }
            let parent = place.deletingLastPathComponent().standardizedFileURL
            guard parent.path != place.path else {
                throw CommandFailure(
                    .notFound, "\(directory) is in no git repository; give one with --repository")
            }
            place = parent
        }
    }
}
