import Foundation

/// A `slipway kube serve` of its own, from the products of this build.
struct ServedAPI {
    let directory: URL
    let kubeconfig: URL

    /// Runs `body` with kubectl pointed at a fresh server, which is stopped and removed afterwards.
    static func with(
        arguments: [String] = [], _ body: (Kubectl) async throws -> Void
    ) async throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "slipway-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let server = Process()
        server.executableURL = products.appending(path: "slipway")
        server.arguments =
            ["kube", "serve", "--data", directory.appending(path: "data").path, "--listen", "127.0.0.1:0"]
            + arguments
        let output = Pipe()
        server.standardOutput = output
        try server.run()
        defer {
            server.terminate()
            server.waitUntilExit()
        }
        let line = try await firstLine(of: output.fileHandleForReading)
        let prefix = "export KUBECONFIG="
        guard line.hasPrefix(prefix) else { throw Failure("the server printed \"\(line)\"") }
        let kubeconfig = URL(filePath: String(line.dropFirst(prefix.count)))
        try await body(Kubectl(kubeconfig: kubeconfig, home: directory))
    }

    /// Where the build put its executables: beside the one that runs the tests.
    private static var products: URL {
        URL(filePath: CommandLine.arguments[0]).resolvingSymlinksInPath().deletingLastPathComponent()
    }

    /// The first line of what a process prints; what it has printed so far where it ends without one.
    private static func firstLine(of handle: FileHandle) async throws -> String {
        let chunks = AsyncStream<Data> { continuation in
            handle.readabilityHandler = { handle in
                let data = handle.availableData
                if data.isEmpty {
                    handle.readabilityHandler = nil
                    continuation.finish()
                } else {
                    continuation.yield(data)
                }
            }
        }
        var text = ""
        for await chunk in chunks {
            text += String(decoding: chunk, as: UTF8.self)
            if let line = text.firstIndex(of: "\n") {
                handle.readabilityHandler = nil
                return String(text[..<line])
            }
        }
        return text
    }
}

struct Failure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
