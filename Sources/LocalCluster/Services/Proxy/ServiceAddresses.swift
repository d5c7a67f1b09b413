import Synchronization

/// The cluster IPs of services as addresses of an interface of the machine, so that it accepts connections to them.
///
/// Pods on the bridge send them to their gateway, which is the machine; on the machine itself they are local.
final class ServiceAddresses: Sendable {
    /// The interface: the pods' bridge, or `lo` where pods use the machine's own network.
    let interface: String
    private let ip: HostCommand
    /// The label of our addresses on an interface that is not ours alone, as `lo`.
    private let label: String?
    private let present = Mutex<Set<String>?>(nil)

    /// Nil where the machine has no iproute2.
    ///
    /// - Parameter identity: what tells this cluster from others of the machine, the same in every run.
    init?(interface: String, identity: String) {
        guard let ip = HostCommand(named: "ip") else { return nil }
        self.interface = interface
        self.ip = ip
        let tag = String(StableHash("traffic", identity).value, radix: 36)
        label = interface == "lo" ? "lo:sw\(tag.suffix(9))" : nil
    }

    /// Gives the interface exactly these addresses, besides those it has for other ends.
    ///
    /// - Parameter belongs: whether an address found on the interface is a service's; such ones that are not wanted were
    ///   left behind by a program that was killed.
    func update(to wanted: Set<String>, belongs: (String) -> Bool) async throws {
        let known: Set<String>
        if let cached = present.withLock({ $0 }) { known = cached } else { known = try await found(belongs) }
        let commands =
            known.subtracting(wanted).sorted().map { "address delete \($0)/32 dev \(interface)" }
            + wanted.subtracting(known).sorted().map {
                "address add \($0)/32 dev \(interface)" + (label.map { " label \($0)" } ?? "")
            }
        if !commands.isEmpty {
            do {
                try await ip.run(["-batch", "-"], input: commands.joined(separator: "\n") + "\n")
            } catch {
                // Looked at anew the next time: some may have been done.
                present.withLock { $0 = nil }
                throw error
            }
        }
        present.withLock { $0 = wanted }
    }

    private func found(_ belongs: (String) -> Bool) async throws -> Set<String> {
        let output = try await ip.run(["-o", "-4", "address", "show", "dev", interface])
        let addresses = output.split(separator: "\n").compactMap { line -> String? in
            let words = line.split(separator: " ")
            guard let place = words.firstIndex(of: "inet"), place + 1 < words.endIndex else { return nil }
            if let label, !words.contains(where: { $0 == label || $0 == "\(label)\\" }) { return nil }
            let parts = words[place + 1].split(separator: "/")
            return parts.count == 2 && parts[1] == "32" ? String(parts[0]) : nil
        }
        return Set(addresses.filter(belongs))
    }
}
