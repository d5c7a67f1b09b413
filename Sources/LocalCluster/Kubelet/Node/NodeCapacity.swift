import Glibc
import KubeModel

/// What a machine has for pods.
struct NodeCapacity: Sendable {
    var processors: Int
    /// In bytes.
    var memory: Int64
    var availableMemory: Int64
    var disk: Int64
    var freeDisk: Int64
    var pods: Int

    /// Looks at the machine; blocks for a moment.
    static func ofMachine(directory: String, pods: Int) -> NodeCapacity {
        var disk = statvfs()
        _ = statvfs(directory, &disk)
        let block = Int64(disk.f_frsize)
        return NodeCapacity(
            processors: max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))), memory: memory("MemTotal"),
            availableMemory: memory("MemAvailable"), disk: Int64(disk.f_blocks) * block,
            freeDisk: Int64(disk.f_bavail) * block, pods: pods)
    }

    private static func memory(_ name: String) -> Int64 {
        for line in (Disk.text("/proc/meminfo") ?? "").split(separator: "\n") where line.hasPrefix("\(name):")
        {
            let digits = line.drop { !$0.isNumber }.prefix { $0.isNumber }
            return (Int64(digits) ?? 0) * 1024
        }
        return 0
    }

    /// As the status of a node has it.
    var quantities: [(String, Quantity)] {
        [
            ("cpu", Quantity(Int64(processors))),
            ("ephemeral-storage", Quantity(disk / 1024 * 1024, format: .binarySI)),
            ("memory", Quantity(memory / 1024 * 1024, format: .binarySI)), ("pods", Quantity(Int64(pods))),
        ]
    }

    /// kubelet's default thresholds: less than 100 MiB of memory or a tenth of the disk.
    var isShortOfMemory: Bool { availableMemory > 0 && availableMemory < 100 << 20 }
    var isShortOfDisk: Bool { disk > 0 && freeDisk * 10 < disk }
}
