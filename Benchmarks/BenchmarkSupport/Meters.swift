public import Benchmark
import CAllocator
import Glibc

/// What the suites measure beside what the tool can: each counts in its smallest unit, so that no digit is lost.
extension BenchmarkMetric {
    /// CPU time of the calling thread. The tool's own counts in steps of 10 ms, and wall time counts the
    /// machine's other work.
    public static let threadTime = BenchmarkMetric.custom("CPU ns", useScalingFactor: false)
    /// Time on the wall of one operation of many.
    public static let operationTime = BenchmarkMetric.custom("wall ns", useScalingFactor: false)
    /// Time from sending a change to having it.
    public static let latency = BenchmarkMetric.custom("latency ns", useScalingFactor: false)
    /// Bytes the allocator has handed out, for each object.
    public static let heapBytes = BenchmarkMetric.custom("heap bytes", useScalingFactor: false)
    /// Growth of the resident set, for each object.
    public static let residentBytes = BenchmarkMetric.custom("resident bytes", useScalingFactor: false)

    /// Size of an object as the server answers it.
    public static let jsonBytes = BenchmarkMetric.custom("JSON bytes", useScalingFactor: false)

    /// Every metric above as it is.
    public static var plainUnits: [BenchmarkMetric: BenchmarkUnits] {
        let metrics = [threadTime, operationTime, latency, heapBytes, residentBytes, jsonBytes]
        return Dictionary(uniqueKeysWithValues: metrics.map { ($0, .count) })
    }
}

extension Benchmark {
    /// Measures the CPU time of `work`, which must stay on its thread.
    public func measureThreadTime(_ work: () throws -> Void) rethrows {
        let start = threadTime()
        try work()
        measurement(.threadTime, threadTime() - start)
    }
}

extension Benchmark {
    /// Measures the time on the wall of `work`.
    public func measureWallTime(_ work: () throws -> Void) rethrows {
        let clock = ContinuousClock()
        let duration = try clock.measure(work)
        let (seconds, attoseconds) = duration.components
        measurement(.operationTime, Int(seconds) * 1_000_000_000 + Int(attoseconds / 1_000_000_000))
    }
}

private func threadTime() -> Int {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return time.tv_sec * 1_000_000_000 + time.tv_nsec
}

/// The memory of this process.
public enum ProcessMemory {
    /// Bytes the allocator has handed out.
    public static var heap: Int {
        let information = mallinfo2()
        return Int(information.uordblks) + Int(information.hblkhd)
    }

    /// Bytes of the resident set, after what the allocator keeps for later was given back.
    public static var resident: Int {
        malloc_trim(0)
        guard let file = fopen("/proc/self/statm", "r") else { return 0 }
        defer { fclose(file) }
        var numbers = [CChar](repeating: 0, count: 128)
        guard fgets(&numbers, 128, file) != nil else { return 0 }
        let fields = String(decoding: numbers.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
            .split(separator: " ")
        return fields.count > 1 ? (Int(fields[1]) ?? 0) * sysconf(Int32(_SC_PAGESIZE)) : 0
    }
}
