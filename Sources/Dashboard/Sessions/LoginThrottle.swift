import HTTPTypes
import KubeClient
import NIOCore
import Synchronization

/// Slows down whoever tries tokens: so many failures in a minute, then none of theirs is tried for the rest of it.
final class LoginThrottle: Sendable {
    private struct State {
        var minute: Int64 = 0
        var failures = 0
        var byClient: [String: Int] = [:]
    }

    /// Tokens have 256 bits; this only keeps the API server from being asked without end.
    static let failuresPerMinute = 30
    /// From all together. Much more, so that no client keeps others out.
    static let failuresPerMinuteOfAll = 3000

    private let timeline: Timeline
    private let state = Mutex(State())

    init(timeline: Timeline) { self.timeline = timeline }

    private var minute: Int64 { timeline.now.components.seconds / 60 }

    /// Whether a client's token may be tried now.
    func isOpen(to client: String) -> Bool {
        let minute = minute
        return state.withLock { state in
            guard state.minute == minute else { return true }
            return state.failures < Self.failuresPerMinuteOfAll
                && state.byClient[client, default: 0] < Self.failuresPerMinute
        }
    }

    /// Notes that a client's token was nobody's.
    func noteFailure(of client: String) {
        let minute = minute
        state.withLock { state in
            if state.minute != minute { state = State(minute: minute) }
            state.failures += 1
            state.byClient[client, default: 0] += 1
        }
    }
}

extension LoginThrottle {
    /// What stands for whoever sends a request: the address of the connection, or, where that is a proxy on this machine,
    /// the one that the proxy has added.
    static func client(of fields: HTTPFields, from peer: SocketAddress?) -> String {
        guard let peer else { return "" }
        let network = network(of: peer)
        // Who speaks from this machine without a proxy can name any address, and is still held to the limit of all.
        guard network.hasPrefix("127.") || network == "::1", let name = HTTPField.Name("X-Forwarded-For"),
            let last = fields[values: name].last?.split(separator: ",").last,
            let forwarded = try? SocketAddress(ipAddress: String(last.filter { $0 != " " }), port: 0)
        else { return network }
        return Self.network(of: forwarded)
    }

    /// An address; of IPv6 the first half, as anybody has all of the other.
    private static func network(of address: SocketAddress) -> String {
        guard case .v6(let six) = address else { return address.ipAddress ?? "" }
        // Behind family, port and flow in a `sockaddr_in6`.
        let half = withUnsafeBytes(of: six.address) { Array($0[8..<16]) }
        // `::1`, and IPv4 in the clothes of IPv6.
        guard half.contains(where: { $0 != 0 }) else {
            let text = address.ipAddress ?? ""
            return text.hasPrefix("::ffff:") ? String(text.dropFirst(7)) : text
        }
        return half.map { String($0, radix: 16) }.joined(separator: ":")
    }
}
