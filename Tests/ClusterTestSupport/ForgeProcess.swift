import Foundation
public import KubeClient
import TestSupport
import Testing

/// `slipway forge serve` as a process of its own, which can be killed and started again.
public final class ForgeProcess {
    private let directory: String
    private let arguments: [String]
    private var process: Process?
    private var ports: (api: Int, git: Int)?
    /// The forge's URL, the same after every start.
    public private(set) var address = ""

    /// A server that does not run yet.
    ///
    /// - Parameters:
    ///   - directory: where it keeps its data and its configuration.
    ///   - tokens: users of the API, a line each.
    ///   - gateKey: the public key of whoever answers runs in place of a pipeline; nil where the server carries them.
    public init(directory: String, tokens: String, gateKey: String? = nil) throws {
        self.directory = directory
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        try Data(tokens.utf8).write(to: URL(filePath: "\(directory)/tokens.csv"))
        var arguments = [
            "forge", "serve", "--data", "\(directory)/data", "--token-file", "\(directory)/tokens.csv",
        ]
        if let gateKey {
            try Data(gateKey.utf8).write(to: URL(filePath: "\(directory)/gate.pub"))
            arguments += ["--gate-key", "\(directory)/gate.pub", "--no-pipeline"]
        }
        self.arguments = arguments
    }

    /// The file by which clients reach the API as its administrator.
    public var kubeconfig: String { "\(directory)/data/kubeconfig" }
    /// The directory of the bare repositories.
    public var repositories: String { "\(directory)/data/git" }
    /// The directory of runs.
    public var runs: String { "\(directory)/data/ci" }

    /// Starts the server and returns when it says where it listens.
    public func start() async throws {
        let program = try #require(Program.built("slipway"))
        let output = Pipe()
        address = ""
        let process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments =
            arguments + [
                "--listen", "127.0.0.1:\(ports?.api ?? 0)", "--forge-listen", "127.0.0.1:\(ports?.git ?? 0)",
            ]
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        let (lines, line) = AsyncStream<String>.makeStream()
        output.fileHandleForReading.readabilityHandler = { handle in
            let data = handle.availableData
            if data.isEmpty { handle.readabilityHandler = nil }
            for text in String(decoding: data, as: UTF8.self).split(separator: "\n") {
                line.yield(String(text))
            }
        }
        process.terminationHandler = { _ in line.finish() }
        try process.run()
        self.process = process
        for await text in lines {
            if text.hasPrefix("forge: ") { address = String(text.dropFirst(7)) }
            if text.hasPrefix("export KUBECONFIG") { break }
        }
        try #require(!address.isEmpty, "the server did not start")
        if ports == nil {
            let kubeconfig = try String(contentsOfFile: kubeconfig, encoding: .utf8)
            let server = try #require(kubeconfig.firstMatch(of: /127\.0\.0\.1:(\d+)/))
            ports = (try #require(Int(server.1)), try #require(Int(address.split(separator: ":").last ?? "")))
        }
    }

    /// Ends the server without a warning.
    public func kill() async {
        guard let process else { return }
        Foundation.kill(process.processIdentifier, SIGKILL)
        await Self.wait(for: process)
        self.process = nil
    }

    /// Tells the server to end, and waits until it has.
    public func stop() async {
        guard let process else { return }
        process.terminate()
        await Self.wait(for: process)
        self.process = nil
    }

    /// A client of the administrator's, over the socket.
    public func configuration() async throws -> ClientConfiguration {
        try await ClientConfiguration.load(environment: ["KUBECONFIG": kubeconfig])
    }

    private static func wait(for process: Process) async {
        await withCheckedContinuation { continuation in
            // Waiting holds a thread, which must not be one of the tasks'.
            Thread.detachNewThread {
                process.waitUntilExit()
                continuation.resume()
            }
        }
    }
}
