import Glibc
import Synchronization

/// Ports that tests hand to programs which must be told one.
public enum TestPort {
    /// No port is free.
    public struct Exhausted: Error {}

    /// Below those that the kernel gives to connections, which could take a port that was free a moment ago, and below
    /// those that pods get.
    private static let range = 10_000..<20_000
    private static let next = Atomic<Int>(Int(getpid()) &* 97)

    /// A port on which nobody listens; this process gets each but once.
    ///
    /// It stays bound until the process ends, so that an installation which chooses its ports meanwhile does not choose
    /// it; programs that set `SO_REUSEADDR`, as servers do, can listen on it all the same.
    ///
    /// - Throws: ``Exhausted``.
    public static func free() throws -> Int {
        for _ in range {
            let number = next.wrappingAdd(1, ordering: .relaxed).newValue
            let port = range.lowerBound + number % range.count
            if isFree(UInt16(port)) { return port }
        }
        throw Exhausted()
    }

    private static func isFree(_ port: UInt16) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return false }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        let isBound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        guard isBound else {
            close(descriptor)
            return false
        }
        var on: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
        return true
    }
}
