/// The forms of names, labels and keys, each with the faults that upstream's rule of the same name reports.
///
/// The regular expressions stand in the messages only: what they match is tested byte by byte.
public enum NameSyntax {
    /// A text of a given form: which bytes it may start and end with, and which may stand between.
    struct Form {
        let edge: @Sendable (UInt8) -> Bool
        let inner: @Sendable (UInt8) -> Bool
        var first: (@Sendable (UInt8) -> Bool)?

        func matches(_ text: some StringProtocol) -> Bool {
            var count = 0
            var last: UInt8 = 0
            for byte in text.utf8 {
                guard count == 0 ? (first ?? edge)(byte) : inner(byte) else { return false }
                last = byte
                count += 1
            }
            return count == 1 || (count > 1 && edge(last))
        }
    }

    static func isLower(_ byte: UInt8) -> Bool { UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte }
    static func isUpper(_ byte: UInt8) -> Bool { UInt8(ascii: "A")...UInt8(ascii: "Z") ~= byte }
    static func isDigit(_ byte: UInt8) -> Bool { UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte }
    static func isLetter(_ byte: UInt8) -> Bool { isLower(byte) || isUpper(byte) }
    static func isAlphanumeric(_ byte: UInt8) -> Bool { isLetter(byte) || isDigit(byte) }
    static func isLowerAlphanumeric(_ byte: UInt8) -> Bool { isLower(byte) || isDigit(byte) }
    static func isDash(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "-") }

    private static let label = Form(
        edge: isLowerAlphanumeric, inner: { isLowerAlphanumeric($0) || isDash($0) })
    private static let label1035 = Form(
        edge: isLowerAlphanumeric, inner: { isLowerAlphanumeric($0) || isDash($0) }, first: isLower)
    private static let underscoreLabel = Form(
        edge: isLowerAlphanumeric,
        inner: { isLowerAlphanumeric($0) || isDash($0) || $0 == UInt8(ascii: "_") })
    private static let qualified = Form(
        edge: isAlphanumeric,
        inner: { isAlphanumeric($0) || isDash($0) || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: ".") })

    private static let labelExpression = "[a-z0-9]([-a-z0-9]*[a-z0-9])?"
    private static let subdomainExpression = #"\#(labelExpression)(\.\#(labelExpression))*"#
    private static let underscoreExpression = "_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?"
    private static let qualifiedExpression = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]"

    /// A sentence with examples and the expression it puts into words.
    static func explained(_ sentence: String, _ expression: String, _ examples: String...) -> String {
        guard let first = examples.first else {
            return "\(sentence) (regex used for validation is '\(expression)')"
        }
        // The comma before each "or" and the spaces are upstream's.
        let others = examples.dropFirst().map { " or '\($0)', " }.joined()
        return "\(sentence) (e.g. '\(first)', \(others)regex used for validation is '\(expression)')"
    }

    static func tooLong(_ limit: Int) -> String { "must be no more than \(limit) characters" }

    static func outsideRange(_ low: Int64, _ high: Int64) -> String {
        "must be between \(low) and \(high), inclusive"
    }

    private static func isSubdomain(_ text: String) -> Bool {
        text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy(label.matches)
    }

    /// The faults of a label of the domain name system (RFC 1123).
    public static func dns1123Label(_ text: String) -> [String] {
        var faults = text.utf8.count > 63 ? [tooLong(63)] : []
        guard !label.matches(text) else { return faults }
        if isSubdomain(text) {
            faults.append("must not contain dots")
        } else {
            faults.append(
                explained(
                    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', "
                        + "and must start and end with an alphanumeric character",
                    labelExpression, "my-name", "123-abc"))
        }
        return faults
    }

    /// The faults of a domain name (RFC 1123).
    public static func dns1123Subdomain(_ text: String) -> [String] {
        var faults = text.utf8.count > 253 ? [tooLong(253)] : []
        if !isSubdomain(text) {
            faults.append(
                explained(
                    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' "
                        + "or '.', and must start and end with an alphanumeric character",
                    subdomainExpression, "example.com"))
        }
        return faults
    }

    /// The faults of a domain name whose labels may hold underscores, as search domains may.
    static func dns1123SubdomainWithUnderscore(_ text: String) -> [String] {
        var faults = text.utf8.count > 253 ? [tooLong(253)] : []
        let isMatch = text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy {
            underscoreLabel.matches($0.first == "_" ? $0.dropFirst() : $0)
        }
        if !isMatch {
            faults.append(
                explained(
                    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '_', "
                        + "'-' or '.', and must start and end with an alphanumeric character",
                    #"\#(underscoreExpression)(\.\#(underscoreExpression))*"#, "example.com"))
        }
        return faults
    }

    /// The faults of a label of the domain name system (RFC 1035), which starts with a letter.
    public static func dns1035Label(_ text: String) -> [String] {
        var faults = text.utf8.count > 63 ? [tooLong(63)] : []
        if !label1035.matches(text) {
            faults.append(
                explained(
                    "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an "
                        + "alphabetic character, and end with an alphanumeric character",
                    "[a-z]([-a-z0-9]*[a-z0-9])?", "my-name", "abc-123"))
        }
        return faults
    }

    /// The faults of a domain name that starts with `*.` (RFC 1034, section 4.3.3).
    static func wildcardSubdomain(_ text: String) -> [String] {
        var faults = text.utf8.count > 253 ? [tooLong(253)] : []
        if !text.hasPrefix("*.") || !isSubdomain(String(text.dropFirst(2))) {
            faults.append(
                explained(
                    "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, "
                        + "which must consist of lower case alphanumeric characters, '-' or '.' and end with an "
                        + "alphanumeric character",
                    #"\*\.\#(subdomainExpression)"#, "*.example.com"))
        }
        return faults
    }

    /// The faults of a key of a label: a name, or a domain, a slash and a name.
    public static func qualifiedName(_ text: String) -> [String] {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        let sentence =
            "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an "
            + "alphanumeric character"
        let explanation = explained(sentence, qualifiedExpression, "MyName", "my.name", "123-abc")
        guard parts.count <= 2, let name = parts.last else {
            return [
                "a valid label key \(explanation) with an optional DNS subdomain prefix and '/' "
                    + "(e.g. 'example.com/MyName')"
            ]
        }
        var faults: [String] = []
        if parts.count == 2 {
            faults += (parts[0].isEmpty ? ["must be non-empty"] : dns1123Subdomain(parts[0]))
                .map { "prefix part " + $0 }
        }
        if name.isEmpty {
            faults.append("name part must be non-empty")
        } else if name.utf8.count > 63 {
            faults.append("name part " + tooLong(63))
        }
        if !qualified.matches(name) { faults.append("name part " + explanation) }
        return faults
    }

    /// The faults of the value of a label.
    public static func labelValue(_ text: String) -> [String] {
        var faults = text.utf8.count > 63 ? [tooLong(63)] : []
        if !text.isEmpty, !qualified.matches(text) {
            faults.append(
                explained(
                    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or "
                        + "'.', and must start and end with an alphanumeric character",
                    "(\(qualifiedExpression))?", "MyValue", "my_value", "12345"))
        }
        return faults
    }

    /// The faults of a name that stands in a URL's path.
    public static func pathSegment(_ text: String) -> [String] {
        if text == "." || text == ".." { return ["may not be '\(text)'"] }
        return ["/", "%"].filter { text.contains($0) }.map { "may not contain '\($0)'" }
    }
}
