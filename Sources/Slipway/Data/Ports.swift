import Foundation
import KubeServer
import Manifest

/// Settles which ports an installation listens on.
///
/// A port that the settings leave open is chosen once and kept, because addresses are written into objects: images,
/// clones, issuers of identities.
enum Ports {
    /// The addresses as an installation that has started once uses them.
    ///
    /// - Throws: ``SlipwayError`` with code `storage`.
    static func kept(
        _ listen: Settings.Listen, in directory: DataDirectory
    ) throws(SlipwayError) -> Settings.Listen {
        let kept = try chosen(in: directory)
        var result = listen
        for (name, wanted) in listen.all where wanted.port == 0 { result.setPort(kept[name] ?? 0, of: name) }
        return result
    }

    /// What the file says. One that cannot be read is not written over: objects name the ports that were in it.
    private static func chosen(in directory: DataDirectory) throws(SlipwayError) -> [String: Int] {
        do {
            guard let bytes = try PrivateFile.read(directory.ports) else { return [:] }
            return try ValueDecoder().decode([String: Int].self, from: try JSON.parse(bytes))
        } catch {
            throw SlipwayError(
                .storage,
                "the ports that were chosen before cannot be read from \(directory.ports): restore the file, or write "
                    + "the ports into the configuration and remove it", cause: error)
        }
    }

    /// What open ports are chosen from. Not those that the kernel hands out, from 32768 on: a connection of any program
    /// may have such a one just when it is to be listened on, now or after a restart. Pods have those from 20000 on.
    private static let range = 10_000...19_999

    /// The addresses with every port known and free, also beside each other.
    ///
    /// - Throws: ``SlipwayError`` with code `address` or `storage`.
    static func settle(
        _ listen: Settings.Listen, in directory: DataDirectory,
        using random: inout some RandomNumberGenerator
    ) throws(SlipwayError) -> Settings.Listen {
        var kept = try chosen(in: directory)
        var result = listen
        var isNew = false
        let said = listen.all.map(\.endpoint.port)
        // Each stays bound until all are: what is free alone may not be beside the others.
        var sockets: [Int32] = []
        defer { for socket in sockets { close(socket) } }
        for (name, wanted) in listen.all {
            var endpoint = wanted
            if endpoint.port == 0 {
                if let port = kept[name] {
                    endpoint.port = port
                } else {
                    endpoint.port = try free(
                        endpoint, name, except: Set(kept.values).union(said), using: &random)
                    kept[name] = endpoint.port
                    isNew = true
                }
            }
            result.setPort(endpoint.port, of: name)
            if let collision = result.collisions.first(where: { $0.name == name || $0.other == name }) {
                throw Self.refusal(collision, listen)
            }
            // A pod that outlived a crash may have that one; it is taken over.
            if name != "prometheus" { sockets.append(try bound(endpoint, name)) }
        }
        guard isNew else { return result }
        var object = Object()
        for (name, port) in kept.sorted(by: { $0.key < $1.key }) { object[name] = .integer(Int64(port)) }
        do {
            try PrivateFile.write(JSON.write(.object(object)), to: directory.ports)
        } catch {
            throw SlipwayError(.storage, "the ports cannot be written to \(directory.ports)", cause: error)
        }
        return result
    }

    private static func free(
        _ endpoint: Endpoint, _ name: String, except taken: Set<Int>,
        using random: inout some RandomNumberGenerator
    ) throws(SlipwayError) -> Int {
        for _ in 0..<100 {
            var chosen = endpoint
            chosen.port = Int.random(in: range, using: &random)
            if taken.contains(chosen.port) { continue }
            if let socket = try? bound(chosen, name) {
                close(socket)
                return chosen.port
            }
        }
        // They are all taken, or the address is none: the kernel says which.
        let socket = try bound(endpoint, name)
        defer { close(socket) }
        var address = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let status = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(socket, $0, &length) }
        }
        guard status == 0 else {
            throw SlipwayError(.address, "no free port can be found for listen.\(name) on \(endpoint.host)")
        }
        // Families of internet addresses have the port at the same place.
        return withUnsafeBytes(of: &address) { Int($0[2]) << 8 | Int($0[3]) }
    }

    private static func bound(_ endpoint: Endpoint, _ name: String) throws(SlipwayError) -> Int32 {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = AI_PASSIVE
        var found: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(endpoint.host, String(endpoint.port), &hints, &found) == 0, let found else {
            throw SlipwayError(
                .address, "listen.\(name): \(endpoint.host) is no address of this machine; use 127.0.0.1")
        }
        defer { freeaddrinfo(found) }
        let descriptor = socket(found.pointee.ai_family, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else {
            throw SlipwayError(.address, "listen.\(name): \(reason(errno)) for \(endpoint)")
        }
        var on: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
        guard bind(descriptor, found.pointee.ai_addr, found.pointee.ai_addrlen) == 0,
            listen(descriptor, 1) == 0
        else {
            let number = errno
            close(descriptor)
            throw refusal(endpoint, name, number)
        }
        return descriptor
    }

    private static func refusal(
        _ collision: (name: String, endpoint: Endpoint, other: String), _ listen: Settings.Listen
    ) -> SlipwayError {
        let (name, other) = (collision.name, collision.other)
        let chosen = listen.all.first { $0.endpoint.port == 0 && [name, other].contains($0.name) }?.name
        let reason =
            chosen.map {
                "listen.\($0) has had port \(collision.endpoint.port) since it was chosen at an earlier start"
            } ?? "one of them listens on every address"
        return SlipwayError(
            .address,
            "listen.\(name) and listen.\(other) collide on port \(collision.endpoint.port): \(reason); set another port "
                + "in the configuration file")
    }

    private static func refusal(_ endpoint: Endpoint, _ name: String, _ number: Int32) -> SlipwayError {
        switch number {
        case EADDRINUSE:
            SlipwayError(
                .address,
                "listen.\(name): \(endpoint) is in use by another program; set another port in the configuration file "
                    + "(slipway config init), or 0 for any free one")
        case EACCES:
            SlipwayError(
                .address, "listen.\(name): this user may not listen on \(endpoint); use a port above 1023")
        case EADDRNOTAVAIL:
            SlipwayError(
                .address, "listen.\(name): \(endpoint.host) is no address of this machine; use 127.0.0.1")
        default: SlipwayError(.address, "listen.\(name): \(endpoint) cannot be used: \(reason(number))")
        }
    }

    private static func reason(_ number: Int32) -> String {
        strerror(number).map { String(cString: $0) } ?? "error \(number)"
    }
}
