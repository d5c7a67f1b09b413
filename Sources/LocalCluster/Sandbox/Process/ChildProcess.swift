import CSandbox
import Glibc
import Synchronization

/// A program this process has started, in a session of its own.
final class ChildProcess: Sendable {
    let handle: ProcessHandle
    private let exitCode = Mutex<Int32?>(nil)

    private init(handle: ProcessHandle) { self.handle = handle }

    var processID: pid_t { handle.processID }

    /// Starts a program.
    ///
    /// - Throws: ``SystemCallFailure`` that says at which step, with `ENOENT` for a program that is not there.
    static func start(_ program: Program) throws(SystemCallFailure) -> ChildProcess {
        let processID = try program.start()
        // The number is this child's until it is reaped, so that the handle cannot be another's.
        guard let handle = ProcessHandle(processID) else {
            throw SystemCallFailure("pidfd_open", program.path)
        }
        return ChildProcess(handle: handle)
    }

    /// The exit code, 128 + n after signal n; nil where the task was cancelled before.
    func waitForExit() async -> Int32? {
        await handle.ended()
        return handle.hasEnded ? reap() : nil
    }

    /// Has the process reaped when it ends, for a caller that goes on without it.
    ///
    /// - Throws: ``SystemCallFailure`` where the machine has no more descriptors.
    func reapWhenEnded() throws(SystemCallFailure) {
        _ = try handle.whenEnded { _ = self.reap() }
    }

    /// Sends a signal to the program and to all it has started and left in its session's first group.
    func signalGroup(_ number: Int32) {
        if exitCode.withLock({ $0 }) == nil { kill(-processID, number) }
    }

    private func reap() -> Int32 {
        exitCode.withLock { exitCode in
            if let exitCode { return exitCode }
            var status: Int32 = 0
            while waitpid(processID, &status, 0) < 0, errno == EINTR {}
            let code = status & 0x7f == 0 ? status >> 8 & 0xff : 128 + status & 0x7f
            exitCode = code
            return code
        }
    }
}
