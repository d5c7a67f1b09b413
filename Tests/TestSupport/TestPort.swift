import Glibc
import Synchronization

/// Ports for servers that are started by others, who have to be told one.
public enum TestPort {
    /// No port is free.
    public struct Exhausted: Error {}

    /// Below those that the kernel gives to connections, which could take a port that was free a moment ago, and below
    /// those that pods get.
    private static let range = 10_000..<20_000
    private static let next = Atomic<Int>(Int(getpid()) &* 97)

    /// A port on which nobody listens; this process gets each but once.
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
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }
}
