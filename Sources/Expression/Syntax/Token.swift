/// A word of an expression.
struct Token: Sendable {
    enum Kind: String, Sendable {
        case identifier = "Identifier"
        case number = "Number"
        case string = "String"
        case operation = "Operator"
        case bracket = "Bracket"
        case end = "EOF"
    }

    let kind: Kind
    /// The word, for strings what they mean.
    let text: String
    /// Where it begins, in scalars.
    let offset: Int

    func isOperator(_ text: String) -> Bool { kind == .operation && self.text == text }
    func isBracket(_ text: String) -> Bool { kind == .bracket && self.text == text }

    /// The word as expr-lang names it in messages: `Operator("=")`.
    var description: String { text.isEmpty ? kind.rawValue : "\(kind.rawValue)(\(GoText.quoted(text)))" }
}
