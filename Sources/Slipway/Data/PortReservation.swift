import Foundation

/// Addresses that no other installation can choose from now until they are listened on.
///
/// Some time passes between the choice of a port and its server, and others choose at that time too. A socket that is
/// bound but does not listen keeps the port from whoever binds without `SO_REUSEADDR`, as ``take(_:isNew:)`` does for a
/// port that is new; servers bind with it, and may have the port beside such a socket (socket(7), ip(7)).
final class PortReservation {
    /// Why an address cannot be had.
    enum Failure: Error, Equatable {
        /// The host is no name or address that is known here.
        case unknownHost
        /// The kernel's error number.
        case system(Int32)
    }

    private var sockets: [Int32] = []

    deinit { for socket in sockets { close(socket) } }

    /// Takes an address that a server of this process could listen on now.
    ///
    /// - Parameter isNew: whether the port is being chosen; then what others have taken for later counts as in use,
    ///   and so do connections that linger.
    func take(_ endpoint: Endpoint, isNew: Bool) throws(Failure) {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = AI_PASSIVE
        var found: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(endpoint.host, String(endpoint.port), &hints, &found) == 0, let found else {
            throw .unknownHost
        }
        defer { freeaddrinfo(found) }
        let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        let descriptor = socket(found.pointee.ai_family, type, 0)
        guard descriptor >= 0 else { throw .system(errno) }
        func reuse() {
            var on: Int32 = 1
            setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
        }
        if !isNew { reuse() }
        var status = bind(descriptor, found.pointee.ai_addr, found.pointee.ai_addrlen)
        if status == 0 {
            if isNew { reuse() }
            // Until all are taken: what is free alone may not be beside the others.
            status = listen(descriptor, 1)
        }
        guard status == 0 else {
            let number = errno
            close(descriptor)
            throw .system(number)
        }
        sockets.append(descriptor)
    }

    /// Lets servers have the addresses, and still nobody else choose them.
    func makeRoomForServers() {
        // Ends the listening, not the binding, as the port was named in it.
        for socket in sockets { shutdown(socket, Int32(SHUT_RD)) }
    }
}
