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
            case "title": title = try Self.text(name, value)
            case "body", "description": body = try Self.text(name, value)
            case "topic": topic = try Self.text(name, value)
            case "reviewer", "r":
                reviewers += try Self.text(name, value).split(separator: ",").map(String.init)
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

    private static func text(_ name: Substring, _ value: String?) throws(ForgeError) -> String {
        guard let value, !value.isEmpty, value.utf8.count <= 65_536 else {
            throw ForgeError(.invalid, "push option \(name) needs a value, as in -o \(name)=…")
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
