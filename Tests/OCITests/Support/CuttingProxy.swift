import Foundation
import Synchronization

/// Stands between a client and a registry and cuts connections where a test says so.
final class CuttingProxy: Sendable {
    /// Where a connection is cut; each cut happens once.
    enum Cut: Sendable, Hashable {
        /// In the middle of what is sent with the n-th request of a method.
        case request(String, Int)
        /// After the n-th request of a method was sent whole, before its answer arrives.
        case response(String, Int)
        /// After so many bytes of an answer.
        case download(Int)
    }

    private struct State {
        var cut: Cut?
        var counts: [String: Int] = [:]
        var sockets: Set<Int32> = []
        var isClosed = false
    }

    let port: Int
    private let listener: Int32
    private let target: Int
    private let state: Mutex<State>

    init(to target: Int, cutting cut: Cut?) throws {
        self.target = target
        state = Mutex(State(cut: cut))
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = Self.address(0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { name in
                bind(listener, name, length) == 0 && listen(listener, 64) == 0
                    && getsockname(listener, name, &length) == 0
            }
        }
        guard isBound else { throw CocoaError(.fileReadUnknown) }
        self.listener = listener
        port = Int(UInt16(bigEndian: address.sin_port))
        Thread.detachNewThread { [self] in accept() }
    }

    /// Whether the cut has happened.
    var hasCut: Bool { state.withLock { $0.cut == nil } }

    func close() {
        state.withLock { state in
            state.isClosed = true
            for socket in state.sockets { shutdown(socket, Int32(SHUT_RDWR)) }
        }
        shutdown(listener, Int32(SHUT_RDWR))
        Foundation.close(listener)
    }

    private static func address(_ port: Int) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        return address
    }

    private func accept() {
        while true {
            let client = Foundation.accept(listener, nil, nil)
            guard client >= 0 else { return }
            let server = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            var address = Self.address(target)
            let isConnected = withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    connect(server, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
                }
            }
            guard isConnected else {
                Foundation.close(client)
                continue
            }
            state.withLock { $0.sockets.formUnion([client, server]) }
            let pair = Connection(client: client, server: server)
            Thread.detachNewThread { [self] in forwardRequests(pair) }
            Thread.detachNewThread { [self] in forwardAnswers(pair) }
        }
    }

    private final class Connection: Sendable {
        let client: Int32
        let server: Int32
        let cutsAnswer = Mutex(false)
        let received = Mutex(0)
        let open = Mutex(2)
        init(client: Int32, server: Int32) { (self.client, self.server) = (client, server) }

        func cut() {
            shutdown(client, Int32(SHUT_RDWR))
            shutdown(server, Int32(SHUT_RDWR))
        }
    }

    private func end(_ pair: Connection) {
        pair.cut()
        let isLast = pair.open.withLock { open in
            open -= 1
            return open == 0
        }
        guard isLast else { return }
        state.withLock { state in
            state.sockets.subtract([pair.client, pair.server])
            Foundation.close(pair.client)
            Foundation.close(pair.server)
        }
    }

    private func forwardRequests(_ pair: Connection) {
        defer { end(pair) }
        var buffer = [UInt8](repeating: 0, count: 16 << 10)
        while true {
            let count = recv(pair.client, &buffer, buffer.count, 0)
            guard count > 0 else { return }
            // A request's first line begins a packet, since the client waits for each answer.
            let method = String(decoding: buffer[..<count].prefix { $0 != 32 }.prefix(8), as: UTF8.self)
            let cut = state.withLock { state -> Cut? in
                guard ["GET", "HEAD", "PUT", "POST", "PATCH", "DELETE"].contains(method) else { return nil }
                state.counts[method, default: 0] += 1
                let number = state.counts[method] ?? 0
                switch state.cut {
                case .request(method, number), .response(method, number):
                    defer { state.cut = nil }
                    return state.cut
                default: return nil
                }
            }
            switch cut {
            case .request:
                send(buffer, count - min(count / 4, 64), to: pair.server)
                return
            case .response:
                pair.cutsAnswer.withLock { $0 = true }
                send(buffer, count, to: pair.server)
            default:
                send(buffer, count, to: pair.server)
            }
        }
    }

    private func forwardAnswers(_ pair: Connection) {
        defer { end(pair) }
        var buffer = [UInt8](repeating: 0, count: 16 << 10)
        while true {
            let count = recv(pair.server, &buffer, buffer.count, 0)
            guard count > 0 else { return }
            if pair.cutsAnswer.withLock({ $0 }) { return }
            let total = pair.received.withLock { received in
                received += count
                return received
            }
            let isOver = state.withLock { state in
                guard case .download(let limit) = state.cut, total >= limit else { return false }
                state.cut = nil
                return true
            }
            send(buffer, isOver ? count / 2 : count, to: pair.client)
            if isOver { return }
        }
    }

    private func send(_ bytes: [UInt8], _ count: Int, to socket: Int32) {
        var sent = 0
        while sent < count {
            let written = bytes.withUnsafeBytes {
                Foundation.send(
                    socket, $0.baseAddress?.advanced(by: sent), count - sent, Int32(MSG_NOSIGNAL))
            }
            guard written > 0 else { return }
            sent += written
        }
    }
}
