import Foundation
import Git

/// Git repositories on this machine, bare or with files checked out.
enum GitRepositories {
    /// The repository of a directory.
    ///
    /// - Throws: `CommandFailure` where git is missing or the directory is in no repository.
    static func open(_ directory: String) throws -> GitRepository {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map(
            String.init)
        guard
            let git = folders.map({ "\($0)/git" }).first(where: {
                FileManager.default.isExecutableFile(atPath: $0)
            })
        else { throw CommandFailure(.refused, "there is no git on PATH; install git") }
        var place = URL(filePath: directory).standardizedFileURL
        while true {
            for candidate in [place.appending(path: ".git"), place] {
                let head = candidate.appending(path: "HEAD").path
                let objects = candidate.appending(path: "objects").path
                if FileManager.default.fileExists(atPath: head),
                    FileManager.default.fileExists(atPath: objects)
                {
                    do {
                        return GitRepository(path: candidate.path, program: try GitProgram(path: git))
                    } catch { throw CommandFailure(.refused, error.description) }
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
