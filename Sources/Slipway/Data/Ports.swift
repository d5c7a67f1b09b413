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

    /// The addresses with every port known and free, also beside each other, and what keeps others from choosing them:
    /// to be held until all are listened on.
    ///
    /// - Throws: ``SlipwayError`` with code `address` or `storage`.
    static func settle(
        _ listen: Settings.Listen, in directory: DataDirectory,
        using random: inout some RandomNumberGenerator
    ) throws(SlipwayError) -> (listen: Settings.Listen, reservation: PortReservation) {
        var kept = try chosen(in: directory)
        var result = listen
        var isNew = false
        let said = listen.all.map(\.endpoint.port)
        let reservation = PortReservation()
        for (name, wanted) in listen.all {
            if wanted.port == 0, kept[name] == nil {
                let taken = Set(kept.values).union(said)
                kept[name] = try choose(wanted, name, except: taken, reservation, using: &random)
                isNew = true
                result.setPort(kept[name] ?? 0, of: name)
                continue
            }
            var endpoint = wanted
            if let port = kept[name], wanted.port == 0 { endpoint.port = port }
            result.setPort(endpoint.port, of: name)
            if let collision = result.collisions.first(where: { $0.name == name || $0.other == name }) {
                throw Self.refusal(collision, listen)
            }
            // A pod that outlived a crash may have that one; it is taken over.
            if name == "prometheus" { continue }
            do {
                try reservation.take(endpoint, isNew: false)
            } catch {
                throw refusal(endpoint, name, error)
            }
        }
        reservation.makeRoomForServers()
        guard isNew else { return (result, reservation) }
        var object = Object()
        for (name, port) in kept.sorted(by: { $0.key < $1.key }) { object[name] = .integer(Int64(port)) }
        do {
            try PrivateFile.write(JSON.write(.object(object)), to: directory.ports)
        } catch {
            throw SlipwayError(.storage, "the ports cannot be written to \(directory.ports)", cause: error)
        }
        return (result, reservation)
    }

    private static func choose(
        _ endpoint: Endpoint, _ name: String, except taken: Set<Int>, _ reservation: PortReservation,
        using random: inout some RandomNumberGenerator
    ) throws(SlipwayError) -> Int {
        var chosen = endpoint
        for _ in 0..<1_000 {
            chosen.port = Int.random(in: range, using: &random)
            if taken.contains(chosen.port) { continue }
            do {
                try reservation.take(chosen, isNew: true)
                return chosen.port
            } catch .system(EADDRINUSE) {
                continue
            } catch {
                throw refusal(chosen, name, error)
            }
        }
        throw SlipwayError(
            .address,
            "listen.\(name): no free port was found between \(range.lowerBound) and \(range.upperBound) on "
                + "\(endpoint.host); set one in the configuration file (slipway config init)")
    }

    /// What a server of this installation that could not listen has to say.
    static func refusal(_ endpoint: Endpoint, _ name: String, _ failure: PortReservation.Failure)
        -> SlipwayError
    {
        switch failure {
        case .unknownHost, .system(EADDRNOTAVAIL):
            SlipwayError(
                .address, "listen.\(name): \(endpoint.host) is no address of this machine; use 127.0.0.1")
        case .system(EADDRINUSE):
            SlipwayError(
                .address,
                "listen.\(name): \(endpoint) is in use by another program; set another port in the configuration file "
                    + "(slipway config init), or 0 for any free one")
        case .system(EACCES):
            SlipwayError(
                .address, "listen.\(name): this user may not listen on \(endpoint); use a port above 1023")
        case .system(let number):
            SlipwayError(.address, "listen.\(name): \(endpoint) cannot be used: \(reason(number))")
        }
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

    private static func reason(_ number: Int32) -> String {
        strerror(number).map { String(cString: $0) } ?? "error \(number)"
    }
}
