/// Who made a commit, and when.
public struct Signature: Sendable, Hashable {
    /// A person's or a program's; may be empty.
    public var name: String
    /// The address as it was given; nobody has checked it.
    public var email: String
    /// Seconds since 1970.
    public var seconds: Int64
    /// The distance of the place's clock from UTC, as in `+0200`.
    public var offset: String

    /// Says who and when; without an offset, in UTC.
    public init(name: String, email: String, seconds: Int64, offset: String = "+0000") {
        self.name = name
        self.email = email
        self.seconds = seconds
        self.offset = offset
    }

    /// Reads `Name <mail> 1700000000 +0100`; what is missing is empty or 0.
    init(line: some StringProtocol) {
        let open = line.firstIndex(of: "<") ?? line.endIndex
        let close = line[open...].lastIndex(of: ">") ?? line.endIndex
        name = line[..<open].trimmed
        email = open < close ? String(line[line.index(after: open)..<close]) : ""
        let words = line[close...].dropFirst().split(separator: " ")
        seconds = words.first.flatMap { Int64(String($0)) } ?? 0
        offset = words.dropFirst().first.map { String($0) } ?? "+0000"
    }

    /// The form in a commit. Characters that would end a part of it are left out, as git does.
    var line: String { "\(Self.clean(name)) <\(Self.clean(email))> \(seconds) \(offset)" }

    private static func clean(_ text: String) -> String {
        text.filter { $0 != "<" && $0 != ">" && !$0.isNewline && $0 != "\0" }.trimmed
    }
}

extension StringProtocol {
    /// Without white space at both ends.
    var trimmed: String {
        guard let first = firstIndex(where: { !$0.isWhitespace }),
            let last = lastIndex(where: { !$0.isWhitespace })
        else { return "" }
        return String(self[first...last])
    }
}
