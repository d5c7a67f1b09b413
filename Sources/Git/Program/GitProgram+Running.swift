import Subprocess
import Synchronization

extension GitProgram {
    /// What feeds a run: called once, concurrently with the run; input ends when it returns.
    typealias Feed = @Sendable (StandardInputWriter) async throws -> Void

    /// How a run ended.
    struct Ending: Sendable {
        var status: TerminationStatus
        var messages: String
    }

    /// Runs to the end and returns what was written.
    ///
    /// - Throws: ``GitError``; `CancellationError`.
    @discardableResult
    public func run(_ invocation: GitInvocation, input: [UInt8] = []) async throws -> GitOutput {
        let collected = Mutex<[UInt8]>([])
        let limit = invocation.outputLimit
        let feed: Feed = { writer in _ = try await writer.write(input) }
        let ending = try await run(invocation, feed: feed) { chunk in
            try collected.withLock { bytes in
                guard bytes.count + chunk.count <= limit else {
                    throw GitError(
                        .tooLarge, "git \(invocation.command) wrote more than \(limit) bytes; ask for less")
                }
                bytes += chunk
            }
        }
        let bytes = collected.withLock { bytes in
            defer { bytes = [] }
            return bytes
        }
        guard case .exited(let code) = ending.status, invocation.answers.contains(code) else {
            throw GitError(failure: ending.messages, status: ending.status, of: invocation)
        }
        return GitOutput(code: code, bytes: bytes, messages: ending.messages)
    }

    /// Runs to the end while input and output flow, each at the pace of whoever is at the other side.
    ///
    /// Throws only where the run could not be made or was given up; how the program itself ended is answered.
    func run(
        _ invocation: GitInvocation, feed: @escaping Feed,
        sink: @escaping @Sendable ([UInt8]) async throws -> Void
    ) async throws -> Ending {
        let limit = invocation.timeout ?? timeout
        let configuration = try configuration(of: invocation)
        return try await withThrowingTaskGroup(of: Ending?.self) { group in
            group.addTask { try await Self.run(configuration, feed: feed, sink: sink) }
            group.addTask {
                try await Task.sleep(for: limit)
                return nil
            }
            defer { group.cancelAll() }
            guard let ending = try await group.next() ?? nil else {
                throw GitError(
                    .timeout,
                    "git \(invocation.command) did not end within \(limit) and was stopped; try again")
            }
            return ending
        }
    }

    private static func run(
        _ configuration: Configuration, feed: @escaping Feed,
        sink: @escaping @Sendable ([UInt8]) async throws -> Void
    ) async throws -> Ending {
        do {
            let result = try await Subprocess.run(
                configuration, input: .inputWriter, output: .sequence, error: .sequence
            ) { execution in
                try await withThrowingTaskGroup(of: String?.self) { group in
                    group.addTask {
                        try await Self.feed(feed, to: execution.standardInputWriter)
                        return nil
                    }
                    group.addTask {
                        for try await buffer in execution.standardOutput {
                            try await sink(buffer.withUnsafeBytes { Array($0) })
                        }
                        return nil
                    }
                    group.addTask {
                        var tail = MessageTail()
                        for try await buffer in execution.standardError { tail.append(buffer) }
                        return tail.text
                    }
                    var messages = ""
                    while let part = try await group.next() { if let part { messages = part } }
                    // A cancelled read looks like the end of the stream.
                    try Task.checkCancellation()
                    return messages
                }
            }
            return Ending(status: result.terminationStatus, messages: result.closureResult)
        } catch let error as SubprocessError {
            if Task.isCancelled { throw CancellationError() }
            throw GitError(.failed, "the git program could not be run", cause: error)
        }
    }

    private static func feed(_ feed: Feed, to writer: StandardInputWriter) async throws {
        do {
            try await feed(writer)
            try await writer.finish()
        } catch let error as SubprocessError where error.code == .failedToWriteToSubprocess {
            // The program has ended without reading on; its exit code tells why.
        }
    }
}

/// The last words of a program, which are where it says why it failed.
struct MessageTail {
    private static let limit = 16_384
    private var bytes: [UInt8] = []

    mutating func append(_ buffer: SubprocessOutputSequence.Buffer) {
        buffer.withUnsafeBytes { bytes += $0 }
        if bytes.count > 2 * Self.limit { bytes.removeFirst(bytes.count - Self.limit) }
    }

    var text: String {
        let text = String(decoding: bytes.suffix(Self.limit), as: UTF8.self)
        return text.split(whereSeparator: \.isNewline).joined(separator: "\n")
    }
}
