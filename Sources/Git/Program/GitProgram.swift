import FoundationEssentials
import Subprocess

/// The git program: the one place where it is started.
///
/// Every run has the same environment, whatever the process around it has: no configuration of a user or the
/// machine, no hooks, no prompts, no pagers, no replaced objects, messages in English. Long-lived readers of
/// objects are kept while ``run()`` is running; without it every read starts a process of its own.
public struct GitProgram: Sendable {
    /// The program's absolute path.
    public let path: String
    /// How long a run may take that names no limit itself.
    public var timeout: Duration
    /// Whether objects and references are forced to the disk before a run that wrote them ends.
    public var isDurable: Bool
    let readers = ObjectReaders()

    /// A program at a path, such as `/usr/bin/git`.
    ///
    /// - Throws: ``GitError`` with code `invalidName` where the path is not absolute.
    public init(path: String, timeout: Duration = .seconds(60), isDurable: Bool = true) throws(GitError) {
        guard path.hasPrefix("/") else {
            throw GitError(.invalidName, "the path of the git program must be absolute, but is \"\(path)\"")
        }
        self.path = path
        self.timeout = timeout
        self.isDurable = isDurable
    }

    private var name: String {
        String(path[path.index(after: path.lastIndex(of: "/") ?? path.startIndex)...])
    }

    /// The folder of the program.
    var folder: String { String(path[..<(path.lastIndex(of: "/") ?? path.endIndex)]) }

    /// Keeps readers of objects running until the task is cancelled.
    public func run() async {
        await readers.run(self)
    }

    /// The version, as `2.39.5`.
    ///
    /// - Throws: ``GitError`` with code `programMissing`, or `programTooOld` before 2.38, which lacks
    ///   `merge-tree --write-tree`.
    @discardableResult
    public func checkedVersion() async throws -> String {
        let output = try await run(GitInvocation(["version"]))
        let text = output.text
        let version = text.split(whereSeparator: \.isWhitespace).dropFirst(2).first.map(String.init) ?? ""
        let numbers = version.split(separator: ".").prefix(2).compactMap { Int($0) }
        guard numbers.count == 2, (numbers[0], numbers[1]) >= (2, 38) else {
            throw GitError(
                .programTooOld,
                "\(path) is version \"\(version)\", but Slipway needs git 2.38 or newer; install a newer one")
        }
        return version
    }

    /// - Throws: ``GitError`` with code `programMissing`.
    func configuration(of invocation: GitInvocation) throws(GitError) -> Configuration {
        guard FileManager.default.isExecutableFile(atPath: path) else {
            throw GitError(.programMissing, "there is no git program at \(path); install git")
        }
        var options = PlatformOptions()
        // A group of its own, so that the helpers git starts end with it.
        options.processGroupID = 0
        options.teardownSequence = [
            .gracefulShutDown(toProcessGroup: true, allowedDurationToNextStep: .seconds(2))
        ]
        var environment: [Environment.Key: String] = [:]
        for (name, value) in GitEnvironment(of: invocation, by: self).variables {
            if let key = Environment.Key(rawValue: name) { environment[key] = value }
        }
        // The folder of the program comes first in PATH, so that the name is this program's and its helpers' too.
        return Configuration(
            executable: .name(name), arguments: Arguments(invocation.arguments),
            environment: .custom(environment), platformOptions: options)
    }
}
