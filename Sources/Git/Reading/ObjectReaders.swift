import Subprocess
import Synchronization

/// Long-lived `cat-file --batch-command` processes, a few for each repository that is read.
///
/// A read waits behind at most the reads given to the same process; the processes that were not used for longest
/// are ended when there are too many.
final class ObjectReaders: Sendable {
    /// What a process is asked for.
    struct Request: Sendable {
        /// `contents main:README.md` or `info main`.
        let command: String
        /// The largest content that is wanted.
        let limit: Int
        let answer: CheckedContinuation<ObjectAnswer, any Error>
    }

    /// The process has ended, or never began; another may do better.
    struct Ended: Error {}

    private struct Reader: Sendable {
        let number: Int
        let path: String
        let requests: AsyncStream<Request>.Continuation
        var pending = 0
        var lastUse = 0
    }

    private struct State {
        var readers: [Reader] = []
        var count = 0
        var uses = 0
        /// What starts a process; nil while nobody keeps them.
        var starts: AsyncStream<Start>.Continuation?
    }

    private struct Start: Sendable {
        let number: Int
        let path: String
        let requests: AsyncStream<Request>
    }

    static let readersPerRepository = 2
    static let maximumReaders = 48
    private let state = Mutex(State())

    /// Keeps processes until the task is cancelled.
    func run(_ program: GitProgram) async {
        let (starts, continuation) = AsyncStream<Start>.makeStream()
        state.withLock { $0.starts = continuation }
        await withDiscardingTaskGroup { group in
            for await start in starts {
                group.addTask { await self.keep(start, program) }
            }
            // The stream ends with the task; what is asked from now on starts processes of its own.
            let rest = self.state.withLock { state in
                defer { state.readers = [] }
                state.starts = nil
                return state.readers
            }
            for reader in rest { reader.requests.finish() }
            group.cancelAll()
        }
    }

    /// The answer of a kept process.
    ///
    /// - Throws: ``Ended`` where none could answer; ``GitError``.
    func ask(_ command: String, limit: Int, path: String) async throws -> ObjectAnswer {
        guard let (number, requests) = reader(for: path) else { throw Ended() }
        defer { release(number) }
        return try await withCheckedThrowingContinuation { answer in
            let request = Request(command: command, limit: limit, answer: answer)
            if case .enqueued = requests.yield(request) { return }
            answer.resume(throwing: Ended())
        }
    }

    private func reader(for path: String) -> (Int, AsyncStream<Request>.Continuation)? {
        state.withLock { state in
            guard let starts = state.starts else { return nil }
            state.uses += 1
            let mine = state.readers.indices.filter { state.readers[$0].path == path }
            let idlest = mine.min { state.readers[$0].pending < state.readers[$1].pending }
            if let idlest, state.readers[idlest].pending == 0 || mine.count >= Self.readersPerRepository {
                state.readers[idlest].pending += 1
                state.readers[idlest].lastUse = state.uses
                return (state.readers[idlest].number, state.readers[idlest].requests)
            }
            if state.readers.count >= Self.maximumReaders {
                let idle = state.readers.indices.filter { state.readers[$0].pending == 0 }
                guard let oldest = idle.min(by: { state.readers[$0].lastUse < state.readers[$1].lastUse })
                else { return nil }
                state.readers.remove(at: oldest).requests.finish()
            }
            state.count += 1
            let (stream, requests) = AsyncStream<Request>.makeStream()
            state.readers.append(
                Reader(
                    number: state.count, path: path, requests: requests, pending: 1, lastUse: state.uses))
            starts.yield(Start(number: state.count, path: path, requests: stream))
            return (state.count, requests)
        }
    }

    private func release(_ number: Int) {
        state.withLock { state in
            guard let place = state.readers.firstIndex(where: { $0.number == number }) else { return }
            state.readers[place].pending -= 1
        }
    }

    /// Runs a process for the requests of one reader, then refuses what came too late for it.
    private func keep(_ start: Start, _ program: GitProgram) async {
        var invocation = GitInvocation(["cat-file", "--batch-command"], on: start.path)
        invocation.timeout = nil
        do {
            _ = try await Subprocess.run(
                try program.configuration(of: invocation), input: .inputWriter, output: .sequence,
                error: .discarded
            ) { execution in
                var conversation = ObjectConversation(
                    writer: execution.standardInputWriter,
                    output: execution.standardOutput.makeAsyncIterator())
                for await request in start.requests {
                    do {
                        request.answer.resume(returning: try await conversation.ask(request))
                    } catch let error as GitError {
                        request.answer.resume(throwing: error)
                        if conversation.isBroken { return }
                    } catch {
                        request.answer.resume(throwing: Ended())
                        return
                    }
                }
            }
        } catch {
            // Whatever it was, the requests below learn that there is no process.
        }
        let reader = state.withLock { state in
            state.readers.firstIndex { $0.number == start.number }.map { state.readers.remove(at: $0) }
        }
        reader?.requests.finish()
        for await request in start.requests { request.answer.resume(throwing: Ended()) }
    }
}
