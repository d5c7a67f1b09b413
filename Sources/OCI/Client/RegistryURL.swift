/// An address of a registry, taken apart as far as redirects and locations need it.
struct RegistryURL: Sendable, Hashable, CustomStringConvertible {
    let isSecure: Bool
    /// Host and, where given, port, in lower case.
    let authority: String
    /// Begins with a slash; may have a query.
    let target: String

    init(isSecure: Bool, authority: String, target: String) {
        self.isSecure = isSecure
        self.authority = authority
        self.target = target
    }

    /// Reads an absolute `http` or `https` URL without credentials in it; nil for anything else.
    init?(_ text: String) {
        guard let colon = text.firstRange(of: "://") else { return nil }
        switch text[..<colon.lowerBound].lowercased() {
        case "https": isSecure = true
        case "http": isSecure = false
        default: return nil
        }
        let rest = text[colon.upperBound...]
        let end = rest.firstIndex { $0 == "/" || $0 == "?" || $0 == "#" } ?? rest.endIndex
        let authority = rest[..<end].lowercased()
        guard ReferenceGrammar.isDomain(authority) else { return nil }
        self.authority = authority
        let path = rest[end...].prefix { $0 != "#" }
        guard path.utf8.allSatisfy({ $0 > 32 && $0 < 127 }) else { return nil }
        target = path.hasPrefix("/") ? String(path) : "/" + path
    }

    var description: String { "\(isSecure ? "https" : "http")://\(authority)\(target)" }

    var host: String { Self.host(of: authority) }

    /// Whether credentials for one are for the other.
    func hasSameOrigin(as other: RegistryURL) -> Bool {
        isSecure == other.isSecure && normalAuthority == other.normalAuthority
    }

    private var normalAuthority: String {
        let port = isSecure ? ":443" : ":80"
        return authority.hasSuffix(port) ? String(authority.dropLast(port.count)) : authority
    }

    /// What a `Location` or `Link` header means on an answer from this address; nil where it cannot be understood.
    func resolving(_ location: String) -> RegistryURL? {
        if location.hasPrefix("//") { return RegistryURL("\(isSecure ? "https" : "http"):\(location)") }
        if location.contains("://") { return RegistryURL(location) }
        guard !location.isEmpty, location.utf8.allSatisfy({ $0 > 32 && $0 < 127 }) else { return nil }
        let path = target.prefix { $0 != "?" }
        let resolved: String
        if location.hasPrefix("/") {
            resolved = location
        } else if location.hasPrefix("?") {
            resolved = path + location
        } else {
            resolved = path[...(path.lastIndex(of: "/") ?? path.startIndex)] + location
        }
        return RegistryURL(isSecure: isSecure, authority: authority, target: resolved)
    }

    /// The address with one more parameter in its query.
    func adding(_ name: String, _ value: String) -> RegistryURL {
        let separator =
            target.contains("?") ? (target.hasSuffix("?") || target.hasSuffix("&") ? "" : "&") : "?"
        return RegistryURL(
            isSecure: isSecure, authority: authority,
            target: "\(target)\(separator)\(name)=\(Self.encode(value))")
    }

    static func host(of authority: String) -> String {
        if authority.hasPrefix("[") {
            return String(authority.dropFirst().prefix { $0 != "]" })
        }
        return String(authority.prefix { $0 != ":" })
    }

    /// Whether a host is this machine itself, where nobody else can listen in.
    static func isLoopback(_ host: String) -> Bool {
        if host == "localhost" || host == "::1" { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }

    /// A value of a query.
    static func encode(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            if byte.isAlphanumeric || "-._~/:".utf8.contains(byte) {
                bytes.append(byte)
            } else {
                bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
