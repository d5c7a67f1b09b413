import Glibc
import NIOCore

/// The ports of the machine that are assigned to pods which have no address of their own.
struct PortPool: Sendable {
    private let range: ClosedRange<UInt16>
    private var used: [UInt16: String] = [:]
    private var last: UInt16
    private let isFree: @Sendable (UInt16) -> Bool

    /// - Parameters:
    ///   - range: below the ports that the kernel hands out itself (32768 and up unless changed).
    ///   - owner: whose ports these are. Others on the machine begin elsewhere: a port is taken for good only once the
    ///     pod's program listens, and until then two who begin with the same would give it away twice.
    init(
        range: ClosedRange<UInt16> = 20000...29999, owner: String? = nil,
        isFree: @escaping @Sendable (UInt16) -> Bool = Self.canListen
    ) {
        self.range = range
        last = range.upperBound
        if let owner { last = range.lowerBound + UInt16(StableHash(owner).value % UInt64(range.count)) }
        self.isFree = isFree
    }

    /// Marks a port that a pod on disk has.
    mutating func adopt(_ port: UInt16, for pod: String) { used[port] = pod }

    mutating func release(_ pod: String) { used = used.filter { $0.value != pod } }

    /// A port of the machine for each of the pod's: the one the manifest insists on or a free one.
    ///
    /// - Parameter keepsNumbers: whether the pod asked for the machine's network itself, and so for the ports
    ///   as it declares them.
    /// - Throws: ``SandboxError`` with code `portInUse`.
    mutating func assign(
        _ ports: [PodPort], to pod: String, named name: String, keepsNumbers: Bool
    ) throws(SandboxError) -> [PodSandboxStatus.Port] {
        release(pod)
        var assigned: [PodSandboxStatus.Port] = []
        for port in ports {
            let number: UInt16
            if let wanted = port.hostPort ?? (keepsNumbers ? port.containerPort : nil) {
                guard used[wanted] == nil, isFree(wanted) else {
                    release(pod)
                    throw SandboxError(
                        .portInUse,
                        "port \(wanted) that pod \(name) asks for is in use on this machine"
                            + (used[wanted].map { " by pod \($0)" } ?? "")
                            + ": stop what listens there or choose another port")
                }
                number = wanted
            } else if let free = nextFree() {
                number = free
            } else {
                release(pod)
                throw SandboxError(
                    .portInUse,
                    "no port of \(range.lowerBound) to \(range.upperBound) is free for pod \(name)")
            }
            used[number] = pod
            assigned.append(PodSandboxStatus.Port(declared: port, number: number))
        }
        return assigned
    }

    private mutating func nextFree() -> UInt16? {
        for _ in range {
            last = last == range.upperBound ? range.lowerBound : last + 1
            if used[last] == nil, isFree(last) { return last }
        }
        return nil
    }

    /// Whether a program could listen on the port of all addresses now.
    static func canListen(_ port: UInt16) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        // As servers do: a connection that lingers does not keep the port.
        var yes: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        let address = try? SocketAddress(ipAddress: "0.0.0.0", port: Int(port))
        return address?.withSockAddr { bind(descriptor, $0, socklen_t($1)) == 0 } ?? false
    }
}
