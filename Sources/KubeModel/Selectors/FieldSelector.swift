/// Which objects are meant, by a few of their fields: `metadata.name=web,status.phase!=Running`.
///
/// Only equality is known, and only the fields that ``SelectableFields`` lists for the kind.
public struct FieldSelector: Sendable, Hashable {
    /// One thing that is asked of a field.
    public struct Term: Sendable, Hashable {
        public let field: String
        /// Whether the field must have the value, or must not.
        public let isEqual: Bool
        public let value: String

        public init(_ field: String, isEqual: Bool = true, _ value: String) {
            self.field = field
            self.isEqual = isEqual
            self.value = value
        }
    }

    /// The terms, which must all hold.
    public let terms: [Term]

    /// Every object.
    public static let everything = FieldSelector([])

    /// The objects for which all terms hold.
    public init(_ terms: [Term]) { self.terms = terms }

    /// Reads the text of a query or a command line; `\` escapes `,`, `=` and itself in values.
    ///
    /// Terms are sorted by their text, as upstream sorts them.
    /// - Throws: `invalidSelector`, in upstream's words.
    public init(parsing text: String) throws(KubeModelError) {
        let parts = Self.split(text)
            .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        var terms: [Term] = []
        for part in parts where !part.isEmpty {
            guard let (field, isEqual, value) = Self.split(term: part) else {
                throw KubeModelError(
                    .invalidSelector, "invalid selector: '\(text)'; can't understand '\(part)'")
            }
            terms.append(Term(String(field), isEqual: isEqual, try Self.unescaped(value)))
        }
        self.terms = terms
    }

    /// Whether every object is meant.
    public var isEmpty: Bool { terms.isEmpty }

    /// Whether an object is meant.
    ///
    /// - Parameter text: the text of a field of the object, empty where it is missing.
    public func matches(_ text: (String) -> String) -> Bool {
        terms.allSatisfy { (text($0.field) == $0.value) == $0.isEqual }
    }

    /// The one value that a field must have, nil where several or none would do.
    public func exactValue(of field: String) -> String? {
        terms.first { $0.field == field && $0.isEqual }?.value
    }

    /// The parts between commas that are not escaped.
    private static func split(_ text: String) -> [Substring] {
        var parts: [Substring] = []
        var start = text.startIndex
        var isEscaped = false
        for place in text.utf8.indices {
            let byte = text.utf8[place]
            if isEscaped {
                isEscaped = false
            } else if byte == UInt8(ascii: "\\") {
                isEscaped = true
            } else if byte == UInt8(ascii: ",") {
                parts.append(text[start..<place])
                start = text.utf8.index(after: place)
            }
        }
        return parts + [text[start...]]
    }

    /// Field, comparison and value, apart at the first comparison; fields know no escapes.
    private static func split(term: Substring) -> (Substring, isEqual: Bool, Substring)? {
        for place in term.utf8.indices {
            let rest = term[place...].utf8
            for (sign, isEqual) in [("!=", false), ("==", true), ("=", true)]
            where rest.starts(with: sign.utf8) {
                return (term[..<place], isEqual, term[rest.index(place, offsetBy: sign.utf8.count)...])
            }
        }
        return nil
    }

    private static func unescaped(_ text: Substring) throws(KubeModelError) -> String {
        var result = ""
        var isEscaped = false
        for scalar in text.unicodeScalars {
            let isSpecial = scalar == "\\" || scalar == "," || scalar == "="
            switch (isEscaped, isSpecial) {
            case (true, true), (false, false):
                result.unicodeScalars.append(scalar)
                isEscaped = false
            case (true, false):
                throw invalidEscape("\\\(scalar)")
            case (false, true):
                guard scalar == "\\" else {
                    // Upstream prints the character by its number.
                    throw KubeModelError(
                        .invalidSelector,
                        "invalid field selector: unescaped character in value: \(scalar.value)")
                }
                isEscaped = true
            }
        }
        if isEscaped { throw invalidEscape("\\") }
        return result
    }

    private static func invalidEscape(_ sequence: String) -> KubeModelError {
        KubeModelError(
            .invalidSelector, "invalid field selector: invalid escape sequence: \(sequence)")
    }
}

extension FieldSelector.Term: CustomStringConvertible {
    /// The canonical text, its value escaped.
    public var description: String {
        var text = field + (isEqual ? "=" : "!=")
        for scalar in value.unicodeScalars {
            if scalar == "\\" || scalar == "," || scalar == "=" { text += "\\" }
            text.unicodeScalars.append(scalar)
        }
        return text
    }
}

extension FieldSelector: CustomStringConvertible {
    /// The canonical text, which is read as the same selector.
    public var description: String { terms.map(\.description).joined(separator: ",") }
}
