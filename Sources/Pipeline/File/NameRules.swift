import Manifest

/// The forms of names in pipeline files.
enum NameRules {
    /// A DNS label (RFC 1123): what pods, containers and hosts are called.
    static func isLabel(_ text: String, maximum: Int = 63) -> Bool {
        let bytes = Array(text.utf8)
        guard let first = bytes.first, let last = bytes.last, bytes.count <= maximum else { return false }
        let isAlphanumeric = { (byte: UInt8) in
            (0x61...0x7a).contains(byte) || (0x30...0x39).contains(byte)
        }
        return isAlphanumeric(first) && isAlphanumeric(last)
            && bytes.allSatisfy { isAlphanumeric($0) || $0 == 0x2d }
    }

    /// A name that shells can assign to.
    static func isVariable(_ text: String) -> Bool {
        guard let first = text.utf8.first else { return false }
        let isLetter = { (byte: UInt8) in
            (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte) || byte == 0x5f
        }
        return isLetter(first) && text.utf8.allSatisfy { isLetter($0) || (0x30...0x39).contains($0) }
    }

    /// Why a name cannot be a variable of a step; nil where it can.
    static func variableFault(_ name: String) -> String? {
        guard isVariable(name) else { return "\"\(name)\" is no name of a variable" }
        let isReserved =
            name == "CI" || name.hasPrefix("CI_") || name.hasPrefix("SLIPWAY")
        return isReserved ? "the variable \(name) is set by Slipway itself" : nil
    }

    /// A path that stays within the tree.
    static func isRelative(_ path: String) -> Bool {
        !path.hasPrefix("/") && !path.hasPrefix("~") && !path.isEmpty
            && !path.split(separator: "/").contains("..") && !path.utf8.contains(0)
    }

    /// Whether a reference ends with a digest of SHA-256.
    static func isPinned(_ reference: String) -> Bool {
        guard let at = reference.lastIndex(of: "@") else { return false }
        let digest = reference[reference.index(after: at)...]
        guard digest.hasPrefix("sha256:") else { return false }
        let hex = digest.dropFirst(7)
        return hex.utf8.count == 64
            && hex.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }

    /// The tag of a reference, nil where it has none.
    static func tag(of reference: String) -> String? {
        let name = reference.split(separator: "@", maxSplits: 1).first ?? ""
        let last = name.split(separator: "/").last ?? ""
        guard let colon = last.firstIndex(of: ":") else { return nil }
        return String(last[last.index(after: colon)...])
    }

    /// The registry of a reference; Docker Hub where none is named.
    static func registry(of reference: String) -> String {
        let parts = reference.split(separator: "/", maxSplits: 1)
        guard parts.count == 2, let host = parts.first,
            host.contains(".") || host.contains(":") || host == "localhost"
        else { return "docker.io" }
        return String(host)
    }

    /// A token of a known provider or a private key in a text.
    static func plainSecret(in text: String) -> String? {
        let prefixes: [(prefix: String, length: Int, name: String)] = [
            ("ghp_", 36, "a GitHub token"), ("github_pat_", 40, "a GitHub token"),
            ("gho_", 36, "a GitHub token"), ("ghs_", 36, "a GitHub token"),
            ("glpat-", 20, "a GitLab token"), ("AKIA", 16, "an AWS access key"),
            ("xoxb-", 20, "a Slack token"), ("xoxp-", 20, "a Slack token"),
            ("sk_live_", 20, "a Stripe key"), ("npm_", 36, "an npm token"),
            ("pypi-AgEIcHlwaS5vcmc", 20, "a PyPI token"),
        ]
        if text.contains("-----BEGIN"), text.contains("PRIVATE KEY-----") { return "a private key" }
        let isWord = { (character: Character) in
            character.isASCII
                && (character.isLetter || character.isNumber || character == "_" || character == "-")
        }
        for word in text.split(whereSeparator: { !isWord($0) }) {
            for known in prefixes where word.hasPrefix(known.prefix) {
                if word.utf8.count >= known.prefix.utf8.count + known.length { return known.name }
            }
        }
        return nil
    }
}
