import Crypto

/// Bearer tokens that are given to the server when it starts.
public struct StaticTokens: Sendable {
    /// The users by the SHA-256 of their tokens.
    ///
    /// Only digests are compared, so that the time a comparison takes tells nothing about a token.
    private var users: [[UInt8]: User] = [:]

    public init() {}

    /// The tokens of a file in upstream's format: lines of `token,user,uid,"group1,group2"`.
    ///
    /// - Throws: ``ServerError`` with `configuration` where a line has no token, user or uid, or is malformed.
    public init(csv text: String) throws {
        // A carriage return and a line feed are one character.
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        for (number, line) in lines.enumerated() {
            if line.allSatisfy(\.isWhitespace) { continue }
            guard let fields = Self.fields(of: line), fields.count >= 3, !fields[0].isEmpty,
                !fields[1].isEmpty
            else {
                throw ServerError(
                    .configuration,
                    "line \(number + 1) of the token file must read token,user,uid,\"group1,group2\"")
            }
            let groups = fields.count > 3 ? fields[3].split(separator: ",").map(String.init) : []
            add(fields[0], User(name: fields[1], uid: fields[2], groups: groups))
        }
    }

    /// Lets a token stand for a user.
    public mutating func add(_ token: String, _ user: User) { users[Self.digest(token)] = user }

    private static func digest(_ token: String) -> [UInt8] { Array(SHA256.hash(data: Array(token.utf8))) }

    /// The fields of a line of CSV; nil where a quote is not closed.
    private static func fields(of line: Substring) -> [String]? {
        var fields = [""]
        var isQuoted = false
        for character in line {
            switch character {
            case "\"": isQuoted.toggle()
            case "," where !isQuoted: fields.append("")
            default: fields[fields.count - 1].append(character)
            }
        }
        return isQuoted ? nil : fields
    }
}

extension StaticTokens: TokenAuthenticator {
    func user(of token: String) async -> User? { users[Self.digest(token)] }
}
