import Crypto
import KubeClient

/// Somebody who has logged in, on one browser.
struct Session: Sendable {
    /// What the browser shows, its cookie's value; only its digest is kept.
    let id: SessionID
    /// The user's own credential, which all requests to the API carry.
    let token: String
    let user: String
    let groups: [String]
    /// What forms of the session carry to prove that they come from its pages.
    let formToken: String
    let startedAt: Duration
    var usedAt: Duration
    /// What was done last, to be told on the next page.
    var notice: Notice?

    /// A sentence on what became of an action.
    struct Notice: Sendable, Hashable {
        var text: String
        var isFailure = false
    }
}

/// The secret name of a session: 32 random bytes.
struct SessionID: Sendable, Hashable {
    let text: String

    init(using generator: inout some RandomNumberGenerator) {
        let bytes = (0..<32).map { _ in UInt8.random(in: 0...255, using: &generator) }
        text = Base64Text.urlSafe(bytes)
    }

    /// What the browser sent; whether there is such a session is another question.
    init(cookie text: String) { self.text = text }

    /// What sessions are found by, so that the time of a look-up tells nothing about a name.
    var digest: [UInt8] { Array(SHA256.hash(data: Array(text.utf8))) }

    /// The token of forms that belongs to the session; it does not tell the session's name.
    var formToken: String {
        let code = HMAC<SHA256>.authenticationCode(
            for: Array("form".utf8), using: SymmetricKey(data: Array(text.utf8)))
        return Base64Text.urlSafe(Array(code))
    }
}

/// Base64 for cookies and forms: letters, digits, `-` and `_`.
enum Base64Text {
    static func urlSafe(_ bytes: [UInt8]) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
        var output: [UInt8] = []
        var place = 0
        while place < bytes.count {
            let rest = min(3, bytes.count - place)
            var group = 0
            for offset in 0..<3 {
                group = group << 8 | (offset < rest ? Int(bytes[place + offset]) : 0)
            }
            for offset in 0...rest { output.append(alphabet[group >> (18 - 6 * offset) & 63]) }
            place += rest
        }
        return String(decoding: output, as: UTF8.self)
    }
}
