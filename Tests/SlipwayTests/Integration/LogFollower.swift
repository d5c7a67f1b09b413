import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import Synchronization
import TestSupport
import Testing

/// `slipway ci logs -f` as a process of its own, whose output is awaited.
final class LogFollower: Sendable {
    private struct State {
        var text = ""
        var waiting: [(String, CheckedContinuation<Void, Never>)] = []
        var isOver = false
    }

    private let state = Mutex(State())
    private let codes: AsyncStream<Int32>
    private let drained: AsyncStream<Void>

    /// Starts the program; it ends by itself when the run it follows does.
    init(_ arguments: String..., directory: String) throws {
        let process = Process()
        process.executableURL = URL(filePath: try #require(Program.built("slipway")))
        process.arguments = arguments
        process.currentDirectoryURL = URL(filePath: directory)
        process.environment = ["PATH": "/usr/bin:/bin", "HOME": directory]
        process.standardInput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        let output = Pipe()
        process.standardOutput = output
        // The end of the output is not the end of the process, and either may come first.
        let (codes, code) = AsyncStream<Int32>.makeStream()
        let (drained, drain) = AsyncStream<Void>.makeStream()
        self.codes = codes
        self.drained = drained
        output.fileHandleForReading.readabilityHandler = { [weak self] handle in
            let data = handle.availableData
            guard !data.isEmpty else {
                handle.readabilityHandler = nil
                self?.finish()
                return drain.finish()
            }
            self?.append(String(decoding: data, as: UTF8.self))
        }
        process.terminationHandler = {
            code.yield($0.terminationStatus)
            code.finish()
        }
        try process.run()
    }

    private func append(_ text: String) {
        let ready = state.withLock { state in
            state.text += text
            let all = state.text
            defer { state.waiting.removeAll { all.contains($0.0) } }
            return state.waiting.filter { all.contains($0.0) }
        }
        for (_, continuation) in ready { continuation.resume() }
    }

    private func finish() {
        let rest = state.withLock { state in
            state.isOver = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for (_, continuation) in rest { continuation.resume() }
    }

    /// Returns when a text has been shown, or nothing will be any more.
    func wait(for text: String) async {
        await withCheckedContinuation { continuation in
            let isThere = state.withLock { state in
                if state.isOver || state.text.contains(text) { return true }
                state.waiting.append((text, continuation))
                return false
            }
            if isThere { continuation.resume() }
        }
    }

    /// Returns what was shown, and the exit code, once the program has ended.
    func outcome() async throws -> (output: String, code: Int32) {
        for await _ in drained {}
        let code = try #require(await codes.first { _ in true })
        return (state.withLock { $0.text }, code)
    }
}

/// Follows a log over HTTP from an offset on, to its end or up to a number of bytes.
func followedLog(_ url: String, token: String, from offset: Int, atMost limit: Int = 1 << 20) async throws
    -> String
{
    var request = HTTPClientRequest(url: "\(url)?follow=true")
    request.headers.add(name: "range", value: "bytes=\(offset)-")
    request.headers.add(name: "authorization", value: "Bearer \(token)")
    let response = try await HTTPClient.shared.execute(request, timeout: .minutes(10))
    #expect(response.status == .ok)
    var text = ""
    for try await part in response.body {
        text += String(buffer: part)
        if text.utf8.count >= limit { break }
    }
    return text
}
