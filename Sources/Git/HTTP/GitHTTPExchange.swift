import Hummingbird
import Logging
import NIOCore
import Subprocess

/// One exchange with a client: its request flows into the program, the program's words flow back.
struct GitHTTPExchange: Sendable {
    let program: GitProgram
    let invocation: GitInvocation
    let isCompressed: Bool
    let limit: Int
    let logger: Logger

    /// - Throws: where the client has gone, or the exchange took too long: the answer is then cut off, which tells
    ///   the client that it is not whole.
    func run(_ body: RequestBody, writer: inout any ResponseBodyWriter) async throws {
        let (chunks, output) = AsyncThrowingStream<[UInt8], any Error>.makeStream()
        // One chunk at a time: the program waits until the client has taken what was said before.
        let turns = Turns()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                do {
                    let ending = try await program.run(invocation, feed: { try await feed(body, to: $0) }) {
                        chunk in
                        output.yield(chunk)
                        await turns.wait()
                    }
                    if ending.status != .exited(0) {
                        logger.info(
                            "git \(invocation.command) ended with a failure",
                            metadata: ["messages": "\(ending.messages)"])
                    }
                    output.finish()
                } catch {
                    output.finish(throwing: error)
                }
            }
            do {
                for try await chunk in chunks {
                    try await writer.write(ByteBuffer(bytes: chunk))
                    turns.proceed()
                }
            } catch {
                group.cancelAll()
                turns.end()
                throw error
            }
            try await group.waitForAll()
        }
    }

    private func feed(_ body: RequestBody, to writer: StandardInputWriter) async throws {
        var count = 0
        guard isCompressed else {
            for try await buffer in body {
                try await pass(Array(buffer.readableBytesView), to: writer, after: &count)
            }
            return
        }
        var inflater = try Inflater()
        for try await buffer in body {
            inflater.push(Array(buffer.readableBytesView))
            while let piece = try inflater.next() { try await pass(piece, to: writer, after: &count) }
        }
        try inflater.finish()
    }

    // Inlined, it makes the optimiser of Swift 6.3 crash, which splits `feed` at its suspensions.
    @inline(never)
    private func pass(_ bytes: [UInt8], to writer: StandardInputWriter, after count: inout Int) async throws {
        count += bytes.count
        guard count <= limit else {
            throw GitError(.tooLarge, "the request has more than \(limit) bytes; push in smaller parts")
        }
        _ = try await writer.write(bytes)
    }
}
