/// A host that a container may reach, and on which TCP ports.
///
/// A container gets a network of its own, in place of its pod's, by an annotation of the pod that lists all hosts that it
/// may reach. The annotation is ours; the node of another cluster does not know it.
public struct AllowedHost: Sendable, Hashable, Codable, CustomStringConvertible {
    /// Its name in the domain name system, in lower case.
    public var name: String
    /// The TCP ports.
    public var ports: [Int]

    /// The ports of a host that is named without one: those of HTTPS and HTTP.
    public static let standardPorts = [443, 80]

    /// The most hosts of one container.
    public static let limit = 250

    /// A host with some of its ports.
    public init(_ name: String, ports: [Int] = standardPorts) {
        self.name = name
        self.ports = ports
    }

    /// As in the annotation: `pypi.org:443+80`.
    public var description: String { "\(name):\(ports.map(String.init).joined(separator: "+"))" }

    /// Reads what `description` writes; nil where it is none.
    init?(_ text: Substring) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, Self.isName(parts[0]) else { return nil }
        ports = parts[1].split(separator: "+", omittingEmptySubsequences: false).map { Int($0) ?? 0 }
        guard ports.allSatisfy({ (1...65_535).contains($0) }) else { return nil }
        name = String(parts[0])
    }

    /// A name that stands on one line of a hosts file and is no address.
    private static func isName(_ text: Substring) -> Bool {
        let labels = text.split(separator: ".", omittingEmptySubsequences: false)
        return text.utf8.count <= 253 && labels.last?.allSatisfy(\.isNumber) == false
            && labels.allSatisfy { label in
                !label.isEmpty && label.utf8.count <= 63 && label.first != "-" && label.last != "-"
                    && label.allSatisfy {
                        $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_")
                    }
            }
    }
}

extension AllowedHost {
    /// The key of a pod's annotation that lists the hosts of one of its containers.
    public static func annotation(of container: String) -> String { "network.slipway.dev/\(container)" }

    /// The value of the annotation; empty for a container that reaches nobody outside.
    public static func list(_ hosts: [AllowedHost]) -> String {
        hosts.map(\.description).joined(separator: ",")
    }

    /// Reads the value of the annotation; nil where it is none.
    public static func read(_ list: String) -> [AllowedHost]? {
        if list.isEmpty { return [] }
        let entries = list.split(separator: ",", omittingEmptySubsequences: false)
        let hosts = entries.compactMap { AllowedHost($0) }
        return hosts.count == entries.count && hosts.count <= limit ? hosts : nil
    }
}
