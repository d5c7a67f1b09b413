/// What a `WWW-Authenticate` header asks for (RFC 9110, section 11.6.1).
struct AuthenticationChallenge: Sendable, Hashable {
    /// In lower case: `basic`, `bearer`.
    let scheme: String
    /// By name in lower case.
    let parameters: [String: String]

    /// The challenges of one header value; what cannot be read is left out.
    static func parse(_ header: String) -> [AuthenticationChallenge] {
        var scanner = ChallengeScanner(bytes: Array(header.utf8))
        return scanner.challenges()
    }
}

private struct ChallengeScanner {
    let bytes: [UInt8]
    var place = 0

    mutating func challenges() -> [AuthenticationChallenge] {
        var found: [AuthenticationChallenge] = []
        var scheme: String?
        var parameters: [String: String] = [:]
        func finish() {
            if let scheme { found.append(AuthenticationChallenge(scheme: scheme, parameters: parameters)) }
        }
        while true {
            skip { $0 == 32 || $0 == 9 || $0 == UInt8(ascii: ",") }
            let word = token()
            guard !word.isEmpty else { break }
            skip { $0 == 32 || $0 == 9 }
            if place < bytes.count, bytes[place] == UInt8(ascii: "="), scheme != nil {
                place += 1
                skip { $0 == 32 || $0 == 9 }
                parameters[word.lowercased()] = value()
            } else {
                finish()
                (scheme, parameters) = (word.lowercased(), [:])
            }
        }
        finish()
        return found
    }

    private mutating func skip(while matches: (UInt8) -> Bool) {
        while place < bytes.count, matches(bytes[place]) { place += 1 }
    }

    private mutating func token() -> String {
        let start = place
        skip { $0.isAlphanumeric || "!#$%&'*+-.^_`|~/:".utf8.contains($0) }
        return String(decoding: bytes[start..<place], as: UTF8.self)
    }

    private mutating func value() -> String {
        guard place < bytes.count, bytes[place] == UInt8(ascii: "\"") else { return token() }
        place += 1
        var text: [UInt8] = []
        while place < bytes.count, bytes[place] != UInt8(ascii: "\"") {
            if bytes[place] == UInt8(ascii: "\\"), place + 1 < bytes.count { place += 1 }
            text.append(bytes[place])
            place += 1
        }
        place += 1
        return String(decoding: text, as: UTF8.self)
    }
}
