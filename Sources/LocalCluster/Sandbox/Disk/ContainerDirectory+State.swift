import Glibc
import KubeModel

extension ContainerDirectory {
    /// The process that watches over the container, nil where it is gone.
    func monitorHandle() -> ProcessHandle? { handle(monitor) }

    /// The process that the monitor started: the container itself or its runtime.
    func childHandle() -> ProcessHandle? { handle(child) }

    /// The number of the process that the monitor started, whether or not it still runs.
    var childProcessID: pid_t? { recorded(child)?.processID }

    /// The exit code, nil until the monitor has written it to the end.
    var exitCode: Int32? {
        guard let bytes = try? Disk.read(exit, limit: 16), bytes.last == UInt8(ascii: "\n") else {
            return nil
        }
        return Int32(String(decoding: bytes.dropLast(), as: UTF8.self))
    }

    var startedAt: Timestamp? { Self.modified(child) }
    var finishedAt: Timestamp? { Self.modified(exit) }

    /// How the container ended, nil where it has not.
    func containerExit() -> ContainerExit? {
        guard let code = exitCode, let finishedAt else { return nil }
        return ContainerExit(code: code, startedAt: startedAt, finishedAt: finishedAt)
    }

    static func modified(_ path: String) -> Timestamp? {
        Disk.status(path)?.modified
    }

    private func recorded(_ path: String) -> ProcessStatus? {
        Disk.text(path).flatMap(ProcessStatus.init(line:))
    }

    private func handle(_ path: String) -> ProcessHandle? { recorded(path).flatMap(ProcessHandle.init) }
}
