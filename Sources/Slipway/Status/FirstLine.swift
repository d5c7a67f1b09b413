/// A text on one line of a table: of several lines the first stands for all.
public struct FirstLine: Sendable, Hashable {
    /// The line, with a sign that there is more where there is.
    public let text: String

    /// Takes the first line of a text that is not empty.
    public init(of text: String) {
        let lines = text.split(whereSeparator: \.isNewline)
        self.text = lines.count > 1 ? "\(lines[0]) …" : String(lines.first ?? "")
    }
}
