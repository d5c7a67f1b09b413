import Glibc

/// What `/proc/<pid>/stat` says of a process (proc_pid_stat(5)).
struct ProcessStatus: Sendable, Hashable {
    let processID: pid_t
    let parent: pid_t
    /// In clock ticks since the machine started: with the number, names one process for good.
    let startTime: UInt64

    /// A process that exists, a zombie included.
    init?(of processID: pid_t) {
        guard let line = Disk.text("/proc/\(processID)/stat") else { return nil }
        self.init(line: line)
    }

    /// Reads the line; the program's name in it may hold blanks and parentheses.
    init?(line: String) {
        guard let open = line.firstIndex(of: " "), let close = line.lastIndex(of: ")"),
            let processID = pid_t(line[..<open])
        else { return nil }
        let fields = line[close...].split(separator: " ")
        guard fields.count > 20, let parent = pid_t(fields[2]), let startTime = UInt64(fields[20]) else {
            return nil
        }
        self.processID = processID
        self.parent = parent
        self.startTime = startTime
    }

    /// The machine's processes.
    static func allProcessIDs() -> [pid_t] { Disk.entries("/proc").compactMap { pid_t($0) } }

    /// A process' arguments, each of them.
    static func arguments(of processID: pid_t) -> [String] { list("/proc/\(processID)/cmdline") }

    /// The environment a process was started with; empty where it may not be seen.
    static func environment(of processID: pid_t) -> [String] { list("/proc/\(processID)/environ") }

    private static func list(_ path: String) -> [String] {
        guard let bytes = try? Disk.read(path, limit: 2 << 20) else { return [] }
        return bytes.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
    }
}
