import CSandbox
import Glibc

/// A hold on one process, whoever its parent is: a signal never reaches another that took over its number.
final class ProcessHandle: Sendable {
    let processID: pid_t
    private let file: OpenFile

    /// Nil where there is no such process.
    init?(_ processID: pid_t) {
        let descriptor = csandbox_pidfd_open(processID)
        guard descriptor >= 0 else { return nil }
        self.processID = processID
        file = OpenFile(owning: descriptor)
    }

    /// The very process that a line of its `stat` file was taken from, nil where it has ended.
    convenience init?(_ recorded: ProcessStatus) {
        self.init(recorded.processID)
        // Checked after opening: from here on the number cannot change hands unnoticed.
        guard ProcessStatus(of: recorded.processID)?.startTime == recorded.startTime, !hasEnded else {
            return nil
        }
    }

    /// The descriptor itself, open while the handle lives.
    var descriptor: Int32 { file.descriptor }

    var hasEnded: Bool {
        var poll = pollfd(fd: file.descriptor, events: Int16(POLLIN), revents: 0)
        return Glibc.poll(&poll, 1, 0) > 0
    }

    /// Sends a signal; a process that has ended gets none, which is no failure.
    func signal(_ number: Int32) throws(SystemCallFailure) {
        if csandbox_pidfd_send_signal(file.descriptor, number) < 0, errno != ESRCH {
            throw SystemCallFailure("signal", "process \(processID)")
        }
    }

    /// Returns when the process has ended or the task is cancelled.
    func ended() async {
        if hasEnded { return }
        let (end, continuation) = AsyncStream.makeStream(of: Never.self)
        guard let watch = try? whenEnded({ continuation.finish() }) else { return await endedByPolling() }
        for await _ in end {}
        watch.cancel()
    }

    /// Calls `handler` once when the process has ended, unless the watch is cancelled before.
    func whenEnded(_ handler: @escaping @Sendable () -> Void) throws(SystemCallFailure) -> ReadinessLoop.Watch
    {
        try ReadinessLoop.shared.watch(file) {
            handler()
            return false
        }
    }

    /// For a program that has no descriptor to spare.
    private func endedByPolling() async {
        while !hasEnded, (try? await ContinuousClock().sleep(for: .milliseconds(50))) != nil {}
    }

    /// Whether the process ended within the time.
    func ended<C: Clock>(within limit: C.Duration, clock: C) async -> Bool {
        await withTaskGroup { group in
            group.addTask { await self.ended() }
            group.addTask { try? await clock.sleep(for: limit) }
            await group.next()
            group.cancelAll()
        }
        return hasEnded
    }
}
