import Foundation
import TestSupport
import Testing

/// A server of the program in a process of its own, which is ended with it or killed before.
final class ServingProcess: Sendable {
    /// The first address that it printed.
    let url: String
    private let process: Process

    /// Starts a server and waits until it has printed a text.
    init(_ arguments: [String], in directory: URL, until wanted: String) throws {
        process = Process()
        process.executableURL = URL(filePath: try #require(Program.built("slipway")))
        process.arguments = arguments
        process.currentDirectoryURL = directory
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        var text = ""
        while !text.contains(wanted) || !text.hasSuffix("\n") {
            let bytes = output.fileHandleForReading.availableData
            guard !bytes.isEmpty else {
                process.waitUntilExit()
                throw CocoaError(.fileReadUnknown)
            }
            text += String(decoding: bytes, as: UTF8.self)
        }
        let words = text.split(whereSeparator: { $0.isWhitespace || $0 == "," }).map(String.init)
        url = try #require(words.first { $0.hasPrefix("http://") })
    }

    /// A registry in the folder `registry` of a directory.
    static func registry(in directory: URL) throws -> ServingProcess {
        try ServingProcess(
            ["registry", "serve", "--data", "registry", "--listen", "127.0.0.1:0"], in: directory,
            until: "http://")
    }

    /// A development authority and log in the folder `instance` of a directory.
    static func sigstore(in directory: URL) throws -> ServingProcess {
        try ServingProcess(
            ["sigstore", "serve", "--data", "instance", "--listen", "127.0.0.1:0"], in: directory,
            until: "trusted root:")
    }

    /// The host and port.
    var domain: String { String(url.dropFirst("http://".count)) }

    /// Ends the process as a crash would, at this very moment.
    func crash() { kill(process.processIdentifier, SIGKILL) }

    /// Returns when the process has ended.
    func waitUntilExit() { process.waitUntilExit() }

    deinit {
        if process.isRunning {
            process.terminate()
            process.waitUntilExit()
        }
    }
}
