import Glibc

/// The way of pods out of the machine: packets that leave the bridge get the machine's own address.
///
/// Made by the kernel's packet filter with rules of this cluster alone, which are removed with the bridge. Forwarding
/// itself is a setting of the whole machine: it is turned on where it is off and stays on.
struct AddressTranslation: Sendable {
    /// What the rules are made with: iptables where it is there, since its `FORWARD` chain may refuse what it is not
    /// told of, otherwise nftables.
    private enum Tool: Sendable {
        case iptables(HostCommand)
        case nftables(HostCommand)
    }

    private let bridge: String
    private let subnet: IPv4Subnet
    private let tool: Tool

    /// Nil where the machine has neither program.
    init?(bridge: String, subnet: IPv4Subnet) {
        if let command = HostCommand(named: "iptables") {
            tool = .iptables(command)
        } else if let command = HostCommand(named: "nft") {
            tool = .nftables(command)
        } else {
            return nil
        }
        self.bridge = bridge
        self.subnet = subnet
    }

    /// Makes the rules unless they are there.
    ///
    /// - Throws: ``HostCommand/Failure`` or `SystemCallFailure` with what the machine says to it.
    func install() async throws {
        switch tool {
        case .iptables(let command):
            for rule in Self.rules(bridge: bridge, subnet: subnet) {
                if (try? await command.run(rule.words("-C"))) != nil { continue }
                try await command.run(rule.words(rule.isAppended ? "-A" : "-I"))
            }
        case .nftables(let command):
            try await command.run(["-f", "-"], input: Self.table(bridge: bridge, subnet: subnet))
        }
        let forwarding = "/proc/sys/net/ipv4/ip_forward"
        if Disk.text(forwarding) != "1" { try OpenFile(forwarding, O_WRONLY).write(Array("1\n".utf8)) }
    }

    /// Takes the rules away; those that are not there are none to worry about.
    func remove() async {
        switch tool {
        case .iptables(let command):
            for rule in Self.rules(bridge: bridge, subnet: subnet) {
                _ = try? await command.run(rule.words("-D"))
            }
        case .nftables(let command):
            _ = try? await command.run(["delete", "table", "ip", Self.tableName(of: bridge)])
        }
    }

    // MARK: Rules

    /// A rule in the words of iptables(8).
    struct Rule: Sendable, Hashable {
        var table: String
        var chain: String
        var match: [String]
        var target: String
        /// Whether others come first; rules that accept stand before those that refuse.
        var isAppended: Bool

        func words(_ operation: String) -> [String] {
            ["-w", "-t", table, operation, chain] + match + ["-j", target]
        }
    }

    static func rules(bridge: String, subnet: IPv4Subnet) -> [Rule] {
        let leaving = ["-s", "\(subnet)", "!", "-d", "\(subnet)", "!", "-o", bridge]
        let answering = ["-o", bridge, "-m", "conntrack", "--ctstate", "RELATED,ESTABLISHED"]
        func accepting(_ match: [String]) -> Rule {
            Rule(table: "filter", chain: "FORWARD", match: match, target: "ACCEPT", isAppended: false)
        }
        return [
            Rule(
                table: "nat", chain: "POSTROUTING", match: leaving, target: "MASQUERADE", isAppended: true),
            accepting(["-i", bridge]), accepting(answering),
        ]
    }

    /// The same in the words of nft(8): a table of its own, made anew in one step.
    static func table(bridge: String, subnet: IPv4Subnet) -> String {
        let name = tableName(of: bridge)
        return """
            add table ip \(name)
            delete table ip \(name)
            table ip \(name) {
                chain postrouting {
                    type nat hook postrouting priority 100; policy accept;
                    ip saddr \(subnet) ip daddr != \(subnet) oifname != "\(bridge)" masquerade
                }
            }

            """
    }

    private static func tableName(of bridge: String) -> String {
        "slipway_" + String(bridge.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
    }
}

/// Whether pods with addresses of their own reach other machines.
struct PodEgress: Sendable, Hashable {
    /// Why they do not, and what to do; nil where they do.
    var failure: String?

    /// Opens the way out for the pods of a bridge.
    static func open(bridge: String, subnet: IPv4Subnet) async -> PodEgress {
        guard let translation = AddressTranslation(bridge: bridge, subnet: subnet) else {
            return PodEgress(
                failure:
                    "pods cannot reach other machines: there is no address translation without iptables or"
                    + " nftables; install one of them, or give pods the machine's network (hostNetwork)")
        }
        do {
            try await translation.install()
            return PodEgress()
        } catch {
            return PodEgress(
                failure:
                    "pods cannot reach other machines: address translation was refused (\(error)); allow it,"
                    + " or give pods the machine's network (hostNetwork)")
        }
    }

    /// Takes back what ``open(bridge:subnet:)`` made.
    static func close(bridge: String, subnet: IPv4Subnet) async {
        await AddressTranslation(bridge: bridge, subnet: subnet)?.remove()
    }
}
