import FoundationEssentials
import Glibc
import ServiceLifecycle
import UnixSignals

extension ServiceGroup {
    /// Runs until a signal ends it in order, SIGINT, SIGTERM or SIGHUP; a Ctrl-C after that ends the process at once.
    ///
    /// SIGHUP is left alone where whoever started the process had it ignored, as nohup does.
    ///
    /// - Parameter notice: is told the first signal.
    func runUntilSignalled(_ notice: @escaping @Sendable (String) -> Void) async throws {
        var wanted: [UnixSignal] = [.sigint, .sigterm]
        if !Self.ignoresHangUp { wanted.append(.sighup) }
        let signals = await UnixSignalsSequence(trapping: wanted)
        try await withThrowingTaskGroup(of: Bool.self) { tasks in
            tasks.addTask {
                try await self.run()
                return true
            }
            tasks.addTask {
                var isEnding = false
                for await signal in signals {
                    // What is left behind is taken over at the next start, as after a crash.
                    if isEnding, signal == .sigint { _exit(128 + SIGINT) }
                    if isEnding { continue }
                    isEnding = true
                    notice("\(signal)")
                    await self.triggerGracefulShutdown()
                }
                return false
            }
            defer { tasks.cancelAll() }
            while let hasEnded = try await tasks.next(), !hasEnded {}
        }
    }

    /// Source: proc(5), the mask `SigIgn`.
    private static var ignoresHangUp: Bool {
        guard let status = FileManager.default.contents(atPath: "/proc/self/status") else { return false }
        let lines = String(decoding: status, as: UTF8.self).split(separator: "\n")
        guard let line = lines.first(where: { $0.hasPrefix("SigIgn:") }),
            let digits = line.split(whereSeparator: \.isWhitespace).last, let mask = UInt64(digits, radix: 16)
        else { return false }
        return mask & (1 << UInt64(SIGHUP - 1)) != 0
    }
}
