import Manifest

/// The formats of texts that schemas of custom resources may ask for.
enum StringFormat: String {
    case bsonobjectid, byte, cidr, creditcard, date, datetime, duration, email, hexcolor, hostname, ipv4, ipv6
    case isbn, isbn10, isbn13, mac, password, rgbcolor, ssn, uri, uuid, uuid3, uuid4, uuid5
    case shortName = "k8sshortname"
    case longName = "k8slongname"

    /// The format of a name, whose dashes do not count; nil for formats that are not checked.
    init?(_ name: String) { self.init(rawValue: name.filter { $0 != "-" }) }

    /// Whether a text has the format.
    func accepts(_ text: String) -> Bool {
        switch self {
        case .password: true
        case .ipv4: IPText.isVersion4(text)
        case .ipv6: text.contains(":") && IPText.isVersion6(text)
        case .cidr: IPText.isNetwork(text)
        case .hostname:
            text.utf8.count <= 255 && text.split(separator: ".").allSatisfy { $0.utf8.count <= 63 }
                && matches(text)
        case .longName: text.utf8.count <= 253 && matches(text)
        case .shortName: text.utf8.count <= 63 && matches(text)
        case .creditcard: matches(text.filter { $0.isASCII && $0.isNumber })
        case .isbn: StringFormat.isbn10.accepts(text) || StringFormat.isbn13.accepts(text)
        case .isbn10, .isbn13: hasCheckDigit(text.filter { $0 != "-" && $0 != " " })
        case .byte: text.utf8.count.isMultiple(of: 4) && matches(text)
        case .date: text.utf8.count == 10 && Timestamp(rfc3339: "\(text)T00:00:00Z") != nil
        case .datetime:
            matches(text.lowercased()) && Timestamp(rfc3339: "\(text.prefix(10))T00:00:00Z") != nil
        default: matches(text)
        }
    }

    private func matches(_ text: String) -> Bool { Self.expressions[self]?.matches(text) ?? false }

    private static let expressions: [StringFormat: RegularExpression] = {
        let label = #"[a-zA-Z0-9\pS\pL]"#
        let short = "[a-z0-9]([-a-z0-9]*[a-z0-9])?"
        let hex = "[0-9a-f]"
        let sources: [StringFormat: String] = [
            .bsonobjectid: "^[0-9a-fA-F]{24}$",
            .byte: "^[A-Za-z0-9+/]*={0,2}$",
            .creditcard: "^(4[0-9]{12}([0-9]{3})?|5[1-5][0-9]{14}|6(011|5[0-9][0-9])[0-9]{12}|3[47][0-9]{13}"
                + "|3(0[0-5]|[68][0-9])[0-9]{11}|(2131|1800|35[0-9]{3})[0-9]{11})$",
            .datetime: #"^\d{4}-\d\d-\d\dt([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?(z|[+-]\d\d:\d\d)$"#,
            .duration:
                #"^[-+]?(0|((\d+(\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h))+)$|(?i)\d\s*(ns|nano[a-z]*|us|µs"#
                + #"|micro[a-z]*|ms|milli[a-z]*|s|sec[a-z]*|m|min[a-z]*|h|hr|hour[a-z]*|d|day[a-z]*|w|wk"#
                + #"|week[a-z]*)([^a-zµ]|$)"#,
            .email: #"^([^<>@]*<)?[^\s<>@]+@[^\s<>@]+>?$"#,
            .hexcolor: "^#?([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$",
            .hostname: "^(\(label)(-?\(label){0,62})?|(\(label)([a-zA-Z0-9\\-\\pS\\pL]{0,61}\(label))?\\.)+"
                + "[a-zA-Z\\pL]{2,63})$",
            .isbn10: "^[0-9]{9}[0-9X]$",
            .isbn13: "^[0-9]{13}$",
            .longName: "^\(short)(\\.\(short))*$",
            .mac: "^(\(hex){2}([:-]\(hex){2}){5}|\(hex){2}([:-]\(hex){2}){7}|\(hex){4}(\\.\(hex){4}){2,3})$",
            .rgbcolor:
                #"^rgb\((\s*(25[0-5]|2[0-4]\d|1\d\d|\d?\d)\s*,){2}\s*(25[0-5]|2[0-4]\d|1\d\d|\d?\d)\s*\)$"#,
            .shortName: "^\(short)$",
            .ssn: #"^\d{3}[- ]?\d{2}[- ]?\d{4}$"#,
            .uri: #"^([a-zA-Z][a-zA-Z0-9+.-]*:|/)([^\x00-\x20\x7f%]|%[0-9a-fA-F]{2})*$"#,
            .uuid: "^(?i:\(hex){8}-?\(hex){4}-?\(hex){4}-?\(hex){4}-?\(hex){12})$",
            .uuid3: "^(?i:\(hex){8}-?\(hex){4}-?3\(hex){3}-?\(hex){4}-?\(hex){12})$",
            .uuid4: "^(?i:\(hex){8}-?\(hex){4}-?4\(hex){3}-?[89ab]\(hex){3}-?\(hex){12})$",
            .uuid5: "^(?i:\(hex){8}-?\(hex){4}-?5\(hex){3}-?[89ab]\(hex){3}-?\(hex){12})$",
        ]
        return sources.compactMapValues { try? RegularExpression($0) }
    }()

    /// Whether a book number has the right length and ends in the digit that its other digits demand.
    private func hasCheckDigit(_ number: String) -> Bool {
        guard matches(number) else { return false }
        let digits = number.utf8.map { $0 == UInt8(ascii: "X") ? 10 : Int($0) - 48 }
        let sum = digits.enumerated().reduce(0) { sum, digit in
            let weight = self == .isbn10 ? 10 - digit.offset : digit.offset.isMultiple(of: 2) ? 1 : 3
            return sum + weight * digit.element
        }
        return sum.isMultiple(of: self == .isbn10 ? 11 : 10)
    }
}

/// The spelling of Internet addresses, as Go's `net` package reads them.
private enum IPText {
    static func isVersion4(_ text: some StringProtocol) -> Bool {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4
            && parts.allSatisfy { part in
                (1...3).contains(part.utf8.count) && part.utf8.allSatisfy { (48...57).contains($0) }
                    && !(part.count > 1 && part.first == "0") && (Int(part) ?? 256) < 256
            }
    }

    static func isVersion6(_ text: some StringProtocol) -> Bool {
        let halves = text.split(separator: "::", omittingEmptySubsequences: false)
        guard halves.count <= 2 else { return false }
        var groups = 0
        for (index, half) in halves.enumerated() where !half.isEmpty {
            let parts = half.split(separator: ":", omittingEmptySubsequences: false)
            for (place, part) in parts.enumerated() {
                let isLast = index == halves.count - 1 && place == parts.count - 1
                if isLast, part.contains(".") {
                    guard isVersion4(part) else { return false }
                    groups += 2
                } else {
                    guard (1...4).contains(part.utf8.count), part.allSatisfy(\.isHexDigit) else {
                        return false
                    }
                    groups += 1
                }
            }
        }
        return halves.count == 2 ? groups < 8 : groups == 8
    }

    static func isNetwork(_ text: String) -> Bool {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[1].utf8.allSatisfy({ (48...57).contains($0) }), let bits = Int(parts[1])
        else {
            return false
        }
        if isVersion4(parts[0]) { return bits <= 32 }
        return isVersion6(parts[0]) && bits <= 128
    }
}
