import Manifest

// The forms of what stands in fields rather than in names: keys, ports, variables, percentages.

extension NameSyntax {
    /// The faults of a key of a ConfigMap or Secret.
    static func configMapKey(_ text: String) -> [String] {
        var faults = text.utf8.count > 253 ? [tooLong(253)] : []
        let isMatch =
            !text.isEmpty
            && text.utf8.allSatisfy {
                isAlphanumeric($0) || isDash($0) || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: ".")
            }
        if !isMatch {
            faults.append(
                explained(
                    "a valid config key must consist of alphanumeric characters, '-', '_' or '.'",
                    "[-._a-zA-Z0-9]+", "key.name", "KEY_NAME", "key-name"))
        }
        if text == "." || text == ".." {
            faults.append("must not be '\(text)'")
        } else if text.hasPrefix("..") {
            faults.append("must not start with '..'")
        }
        return faults
    }

    /// The faults of a port's number.
    static func portNumber(_ number: Int64) -> [String] {
        (1...65535).contains(number) ? [] : [outsideRange(1, 65535)]
    }

    /// The faults of a port's name (RFC 6335, lower case only).
    static func portName(_ text: String) -> [String] {
        var faults = text.utf8.count > 15 ? [tooLong(15)] : []
        if text.isEmpty || !text.utf8.allSatisfy({ isLowerAlphanumeric($0) || isDash($0) }) {
            faults.append("must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)")
        }
        if !text.utf8.contains(where: isLower) { faults.append("must contain at least one letter (a-z)") }
        if text.contains("--") { faults.append("must not contain consecutive hyphens") }
        if text.hasPrefix("-") || text.hasSuffix("-") {
            faults.append("must not begin or end with a hyphen")
        }
        return faults
    }

    /// The faults of an environment variable's name: printable ASCII without `=`.
    static func environmentVariable(_ text: String) -> [String] {
        if text.isEmpty { return ["environment variable name must be non-empty"] }
        let isMatch = text.utf8.allSatisfy { (0x20..<0x7F).contains($0) && $0 != UInt8(ascii: "=") }
        return isMatch
            ? []
            : [
                "a valid environment variable name must consist only of printable ASCII characters other than '='"
            ]
    }

    /// The faults of a percentage.
    static func percentage(_ text: String) -> [String] {
        let digits = text.dropLast()
        if text.hasSuffix("%"), !digits.isEmpty, digits.utf8.allSatisfy(isDigit) { return [] }
        return [
            explained(
                "a valid percent string must be a numeric string followed by an ending '%'", "[0-9]+%", "1%",
                "93%")
        ]
    }

    /// The faults of an HTTP header's name.
    static func httpHeaderName(_ text: String) -> [String] {
        if !text.isEmpty, text.utf8.allSatisfy({ isAlphanumeric($0) || isDash($0) }) { return [] }
        return [
            explained(
                "a valid HTTP header must consist of alphanumeric characters or '-'", "[-A-Za-z0-9]+",
                "X-Header-Name")
        ]
    }

    /// The faults of a user's or group's number.
    static func userID(_ number: Int64) -> [String] {
        (0...Int64(Int32.max)).contains(number) ? [] : [outsideRange(0, Int64(Int32.max))]
    }

    /// The faults of a path below a domain, such as `acme.io/foo`.
    static func domainPrefixedPath(_ field: ObjectField) -> [FieldError] {
        guard !field.text.isEmpty else { return [field.required()] }
        let parts = field.text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
            .map(String.init)
        guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else {
            return [field.invalid(#"must be a domain-prefixed path (such as "acme.io/foo")"#)]
        }
        var errors = dns1123Subdomain(parts[0]).map {
            FieldError.invalid(field.path, .string(parts[0]), $0)
        }
        let allowed = Set("/-._~%!$&'()*+,;=:".utf8)
        if !parts[1].utf8.allSatisfy({ isAlphanumeric($0) || allowed.contains($0) }) {
            errors.append(
                .invalid(
                    field.path, .string(parts[1]),
                    explained("Invalid path", #"[A-Za-z0-9/\-._~%!$&'()*+,;=:]+"#)))
        }
        return errors
    }
}
