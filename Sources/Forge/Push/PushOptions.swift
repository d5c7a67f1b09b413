/// What a developer says with `git push -o …`.
public struct PushOptions: Sendable, Hashable {
    /// In place of the commit's subject.
    public var title: String?
    /// In place of the commit's text.
    public var body: String?
    /// What later pushes recognise the pull request by.
    public var topic: String?
    /// The number of the pull request that is meant.
    public var number: Int?
    /// Whom a review is asked of.
    public var reviewers: [String] = []
    /// Nil where nothing is said about it.
    public var isDraft: Bool?
    /// Whether the merge queue may take it on its own; nil leaves that as it is.
    public var autoMerge: Bool?

    /// Reads the options in the order in which they were given.
    ///
    /// - Throws: ``ForgeError`` with code `invalid` for an option that is not known, so that a misspelt one is not lost.
    public init(_ options: [String]) throws(ForgeError) {
        for option in options {
            let equals = option.firstIndex(of: "=")
            let name = option[..<(equals ?? option.endIndex)]
            let value = equals.map { String(option[option.index(after: $0)...]) }
            switch name {
            case "title": title = try Self.text(name, value, maximum: Self.maximumTitle)
            case "body", "description": body = try Self.text(name, value, maximum: Self.maximumBody)
            case "topic": topic = try Self.text(name, value, maximum: 255)
            case "reviewer", "r":
                for reviewer in try Self.text(name, value).split(separator: ",").map(String.init) {
                    reviewers.append(try Self.text(name, reviewer, maximum: 255))
                }
                guard reviewers.count <= 100 else {
                    throw ForgeError(.invalid, "a review can be asked of 100 people at most")
                }
            case "pr":
                guard let number = Int(try Self.text(name, value)), number > 0 else {
                    throw ForgeError(.invalid, "push option pr must be a number, as in -o pr=12")
                }
                self.number = number
            case "draft", "wip": isDraft = try Self.flag(name, value)
            case "ready": isDraft = try !Self.flag(name, value)
            case "auto-merge": autoMerge = try Self.flag(name, value)
            default:
                throw ForgeError(
                    .invalid,
                    "push option \"\(name)\" is not known; there are title, body, topic, reviewer, pr, draft, ready "
                        + "and auto-merge")
            }
        }
    }

    /// The most characters of a pull request's title and text.
    static let (maximumTitle, maximumBody) = (1024, 65_536)

    /// A text, or as much of it as there is room for.
    static func cut(_ text: String, _ maximum: Int) -> String {
        // The schema of the object counts code points, and so does this.
        guard text.unicodeScalars.count > maximum else { return text }
        return String(String.UnicodeScalarView(text.unicodeScalars.prefix(maximum - 1))) + "…"
    }

    private static func text(
        _ name: Substring, _ value: String?, maximum: Int = maximumBody
    ) throws(ForgeError) -> String {
        guard let value, !value.isEmpty else {
            throw ForgeError(.invalid, "push option \(name) needs a value, as in -o \(name)=…")
        }
        guard value.unicodeScalars.count <= maximum else {
            throw ForgeError(.invalid, "push option \(name) has \(maximum) characters at most")
        }
        return value
    }

    private static func flag(_ name: Substring, _ value: String?) throws(ForgeError) -> Bool {
        switch value {
        case nil, "true", "yes", "1": return true
        case "false", "no", "0": return false
        default: throw ForgeError(.invalid, "push option \(name) is true or false")
        }
    }
}
