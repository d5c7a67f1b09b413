/// Splits the text of a reference where `distribution/reference` does.
struct ReferenceParser {
    private let text: String

    init(_ text: String) { self.text = text }

    mutating func parse() throws(OCIError) -> Reference {
        guard !text.isEmpty else { throw OCIError(.invalidReference, "the name of an image is empty") }
        guard text.utf8.allSatisfy({ $0 > 32 && $0 < 127 }) else {
            throw OCIError(
                .invalidReference,
                "the name of an image, '\(printable)', holds white space or characters beyond ASCII")
        }
        // Such a name cannot be told from the identifier of an image.
        if text.utf8.count == 64, text.utf8.allSatisfy(\.isLowerHexDigit) {
            throw OCIError(
                .invalidReference, "'\(text)' is an image's identifier; write REPOSITORY@sha256:\(text)")
        }
        var rest = Substring(text)
        var digest: Digest?
        if let at = rest.firstIndex(of: "@") {
            do throws(OCIError) {
                digest = try Digest(parsing: rest[rest.index(after: at)...])
            } catch {
                throw OCIError(.invalidReference, "the reference '\(text)' ends in no digest", cause: error)
            }
            rest = rest[..<at]
        }
        var (domain, path) = Self.split(rest)
        var tag: String?
        if let colon = path.firstIndex(of: ":") {
            tag = String(path[path.index(after: colon)...])
            path = path[..<colon]
        }
        if domain == "docker.io", !path.contains("/"), !path.isEmpty { path = "library/" + path }
        guard ReferenceGrammar.isDomain(domain) else {
            throw OCIError(
                .invalidReference, "'\(domain)' in '\(text)' is no registry's host name with an optional port"
            )
        }
        try ReferenceGrammar.checkRepository(String(path), in: text)
        if let tag { try ReferenceGrammar.checkTag(tag, in: text) }
        return Reference(checkedDomain: domain, repository: String(path), tag: tag, digest: digest)
    }

    /// A first part is a registry only where it cannot be a part of a repository's path: with a dot, a colon or a
    /// capital, or `localhost`.
    private static func split(_ name: Substring) -> (domain: String, path: Substring) {
        guard let slash = name.firstIndex(of: "/") else { return ("docker.io", name) }
        let first = name[..<slash]
        let path = name[name.index(after: slash)...]
        if first == "index.docker.io" { return ("docker.io", path) }
        let isDomain =
            first == "localhost" || first.utf8.contains(UInt8(ascii: "."))
            || first.utf8.contains(UInt8(ascii: ":"))
            || first.utf8.contains(where: \.isUpperLetter)
        return isDomain ? (String(first), path) : ("docker.io", name)
    }

    private var printable: String {
        String(
            decoding: text.utf8.prefix(200).map { $0 < 32 || $0 == 127 ? UInt8(ascii: "?") : $0 },
            as: UTF8.self)
    }
}

/// The parts of a reference, checked byte by byte.
enum ReferenceGrammar {
    /// No repository's path is longer.
    static let longestRepository = 255
    /// No tag is longer.
    static let longestTag = 128

    /// - Throws: ``OCIError`` with code `invalidReference`.
    static func checkRepository(_ path: String, in text: String) throws(OCIError) {
        guard !path.isEmpty else { throw OCIError(.invalidReference, "'\(text)' names no repository") }
        if path.utf8.contains(where: \.isUpperLetter) {
            throw OCIError(.invalidReference, "the repository '\(path)' must be in lower case")
        }
        guard isRepository(path) else {
            throw OCIError(
                .invalidReference,
                "'\(path)' in '\(text)' is no repository; use letters and digits, with one of . _ __ or dashes "
                    + "between them, in parts divided by /")
        }
        guard path.utf8.count <= longestRepository else {
            throw OCIError(
                .invalidReference, "the repository '\(path)' has more than \(longestRepository) characters")
        }
    }

    /// - Throws: ``OCIError`` with code `invalidReference`.
    static func checkTag(_ tag: String, in text: String) throws(OCIError) {
        guard isTag(tag) else {
            throw OCIError(
                .invalidReference,
                "'\(tag)' in '\(text)' is no tag; use up to \(longestTag) letters, digits, _ . and -, and begin "
                    + "with none of . and -")
        }
    }

    /// Whether parts of lower-case letters and digits are divided by slashes, with separators inside.
    static func isRepository(_ path: String) -> Bool {
        path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).allSatisfy {
            isPathComponent($0)
        }
    }

    private static func isPathComponent(_ part: Substring.UTF8View) -> Bool {
        guard let first = part.first, first.isLowerAlphanumeric, let last = part.last,
            last.isLowerAlphanumeric
        else { return false }
        var separator: [UInt8] = []
        for byte in part {
            if byte.isLowerAlphanumeric {
                guard isSeparator(separator) else { return false }
                separator.removeAll(keepingCapacity: true)
            } else {
                separator.append(byte)
            }
        }
        return true
    }

    /// Nothing, one dot, one or two underscores, or any number of dashes.
    private static func isSeparator(_ bytes: [UInt8]) -> Bool {
        switch bytes.count {
        case 0: true
        case 1: [UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-")].contains(bytes[0])
        case 2 where bytes[0] == UInt8(ascii: "_"): bytes[1] == UInt8(ascii: "_")
        default: bytes.allSatisfy { $0 == UInt8(ascii: "-") }
        }
    }

    static func isTag(_ tag: String) -> Bool {
        let bytes = tag.utf8
        guard let first = bytes.first, bytes.count <= longestTag else { return false }
        guard first.isAlphanumeric || first == UInt8(ascii: "_") else { return false }
        return bytes.allSatisfy {
            $0.isAlphanumeric || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-")
        }
    }

    /// Whether this is a host name, an IPv4 address or an IPv6 address in brackets, with an optional port.
    static func isDomain(_ domain: String) -> Bool {
        var host = domain.utf8[...]
        if host.first == UInt8(ascii: "[") {
            guard let end = host.firstIndex(of: UInt8(ascii: "]")) else { return false }
            let address = host[host.index(after: host.startIndex)..<end]
            let isAddress = address.allSatisfy {
                $0.isLowerHexDigit || (UInt8(ascii: "A")...UInt8(ascii: "F")).contains($0)
                    || $0 == UInt8(ascii: ":")
            }
            guard !address.isEmpty, isAddress else { return false }
            return isPort(host[host.index(after: end)...])
        }
        if let colon = host.firstIndex(of: UInt8(ascii: ":")) {
            guard isPort(host[colon...]) else { return false }
            host = host[..<colon]
        }
        return host.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).allSatisfy { part in
            guard let first = part.first, let last = part.last else { return false }
            return first.isAlphanumeric && last.isAlphanumeric
                && part.allSatisfy { $0.isAlphanumeric || $0 == UInt8(ascii: "-") }
        }
    }

    private static func isPort(_ text: Substring.UTF8View) -> Bool {
        guard let first = text.first else { return true }
        let digits = text.dropFirst()
        return first == UInt8(ascii: ":") && !digits.isEmpty && digits.allSatisfy(\.isDigit)
    }
}
