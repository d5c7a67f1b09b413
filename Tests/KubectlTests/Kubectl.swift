import Foundation

/// The kubectl of the machine, set up for one server.
struct Kubectl {
    let kubeconfig: URL
    /// Where kubectl keeps its caches.
    let home: URL

    /// What a run of kubectl has led to.
    struct Outcome {
        let status: Int32
        let output: String
        let error: String
    }

    /// The first kubectl on the path, nil where there is none.
    static let executable: URL? = {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        return path.split(separator: ":").map { URL(filePath: String($0)).appending(path: "kubectl") }
            .first { FileManager.default.isExecutableFile(atPath: $0.path) }
    }()

    /// Runs kubectl to its end.
    ///
    /// - Parameter input: what it reads from its standard input, with `-f -`.
    func run(_ arguments: [String], input: String = "") async throws -> Outcome {
        guard let executable = Self.executable else { throw Failure("there is no kubectl on the path") }
        let process = Process()
        process.executableURL = executable
        process.arguments = arguments
        process.environment = [
            "KUBECONFIG": kubeconfig.path, "HOME": home.path,
            "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "",
        ]
        let files = try ["in", "out", "err"].map { name in
            let file = home.appending(path: "\(UUID().uuidString).\(name)")
            try Data(name == "in" ? Array(input.utf8) : []).write(to: file)
            return file
        }
        process.standardInput = try FileHandle(forReadingFrom: files[0])
        process.standardOutput = try FileHandle(forWritingTo: files[1])
        process.standardError = try FileHandle(forWritingTo: files[2])
        let status = try await withCheckedThrowingContinuation {
            (continuation: CheckedContinuation<Int32, any Error>) in
            process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
            do { try process.run() } catch { continuation.resume(throwing: error) }
        }
        return Outcome(
            status: status, output: try String(contentsOf: files[1], encoding: .utf8),
            error: try String(contentsOf: files[2], encoding: .utf8))
    }

    /// Runs kubectl and answers what it prints; anything but success is thrown.
    @discardableResult
    func callAsFunction(_ arguments: String..., input: String = "") async throws -> String {
        let outcome = try await run(arguments, input: input)
        guard outcome.status == 0 else {
            throw Failure("kubectl \(arguments.joined(separator: " ")): \(outcome.error)\(outcome.output)")
        }
        return outcome.output
    }
}
