import KubeModel
import Manifest

extension PipelineReader {
    /// The most hosts of one step.
    private static let maximumHosts = 100

    /// `cell`, `deny`, or a list of hosts, each with a port or without.
    mutating func network(_ cursor: PipelineCursor) -> NetworkAccess? {
        if cursor.node.kind == .sequence { return hosts(cursor).map { .hosts($0) } }
        guard let word = text(cursor) else { return nil }
        switch word {
        case "cell": return .cell
        case "deny": return .hosts([])
        case "host":
            report(
                .e319, at: cursor, "network: host would take the step out of its cell", fix: "remove network:"
            )
        default:
            report(
                .e106, at: cursor, "network is \"\(word)\"",
                hint: "known: cell, deny, or a list of hosts", fix: "write network: [\(word)]")
        }
        return nil
    }

    private mutating func hosts(_ cursor: PipelineCursor) -> [AllowedHost]? {
        var result: [AllowedHost] = []
        for (text, place) in texts(cursor) {
            guard let host = host(text, at: place) else { continue }
            guard let known = result.firstIndex(where: { $0.name == host.name }) else {
                result.append(host)
                continue
            }
            result[known].ports += host.ports.filter { !result[known].ports.contains($0) }
        }
        if result.count > Self.maximumHosts {
            report(
                .e318, at: cursor, "a step may reach \(Self.maximumHosts) hosts at most",
                hint: "a mirror of one's own is one host")
            return nil
        }
        return result
    }

    private mutating func host(_ text: String, at cursor: PipelineCursor) -> AllowedHost? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        let name = parts.first.map { $0.lowercased() } ?? ""
        if let fault = Self.hostFault(text, name: name) {
            report(.e318, at: cursor, "\"\(text)\" cannot be reached", hint: fault.hint, fix: fault.fix)
            return nil
        }
        var host = AllowedHost(name)
        if parts.count > 1 {
            guard parts.count == 2, let port = Int(parts[1]), (1...65_535).contains(port) else {
                report(
                    .e318, at: cursor, "\"\(text)\" has no port between 1 and 65535 after its colon",
                    fix: "write \(name):443, or \(name) for the ports 443 and 80")
                return nil
            }
            host.ports = [port]
        }
        if let allowed = context.policy.allowedHosts, !allowed.contains(where: { Self.covers($0, name) }) {
            report(
                .e318, at: cursor, "steps may not reach \(name)",
                hint: allowed.isEmpty
                    ? "this installation allows no hosts" : "allowed: \(allowed.joined(separator: ", "))")
            return nil
        }
        return host
    }

    /// Whether an entry of the installation's list is a name, or `*.` with the end of it.
    private static func covers(_ entry: String, _ name: String) -> Bool {
        entry.hasPrefix("*.") ? name.hasSuffix(entry.dropFirst()) : entry.lowercased() == name
    }

    /// Why a step cannot be allowed to reach what is named; nil where it can.
    private static func hostFault(_ text: String, name: String) -> (hint: String, fix: String?)? {
        if text.contains("/") {
            let host =
                text.split(separator: "/").dropFirst(text.contains("://") ? 1 : 0).first ?? "example.com"
            return ("a host is a name, and its port", "write \(host)")
        }
        if name.contains("*") {
            return ("names are passed on one by one, patterns cannot be", "name each host")
        }
        if name == "localhost" || name.hasSuffix(".localhost") {
            return (
                "the machine's own programs are not for steps", "declare what the step needs under services:"
            )
        }
        let labels = name.split(separator: ".", omittingEmptySubsequences: false)
        if labels.allSatisfy({ !$0.isEmpty && $0.allSatisfy(\.isNumber) }) || text.hasPrefix("[") {
            return ("hosts are reached by their names, not by addresses", "write the name of the host")
        }
        if name.utf8.count <= 253, labels.allSatisfy({ NameRules.isLabel(String($0)) }) { return nil }
        return ("this is no name of a host (RFC 1123)", nil)
    }
}
