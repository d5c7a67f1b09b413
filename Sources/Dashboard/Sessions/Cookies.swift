import HTTPTypes

/// The cookies of the dashboard: the session's name, and what a form of somebody without a session is tied to.
struct Cookies: Sendable {
    static let session = "slipway_session"
    static let form = "slipway_form"

    /// Whether browsers send them back over TLS alone.
    let isSecure: Bool

    /// The value of a cookie in a request; nil where there is none, or several, which no browser of ours sends.
    static func value(_ name: String, in fields: HTTPFields) -> String? {
        var found: [Substring] = []
        for header in fields[values: .cookie] {
            for pair in header.split(separator: ";") {
                let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                guard parts.count == 2, parts[0].trimmed == name else { continue }
                found.append(parts[1].trimmed)
            }
        }
        guard found.count == 1, let value = found.first, value.utf8.count <= 128 else { return nil }
        return String(value)
    }

    /// The header that sets a cookie.
    ///
    /// - Parameter seconds: how long the browser keeps it; 0 takes it away.
    func header(_ name: String, _ value: String, seconds: Int64) -> String {
        "\(name)=\(value); Path=/; HttpOnly; SameSite=Lax; Max-Age=\(seconds)" + (isSecure ? "; Secure" : "")
    }
}

extension Substring {
    /// Without spaces at the ends.
    fileprivate var trimmed: Substring {
        var text = self
        while text.first == " " { text.removeFirst() }
        while text.last == " " { text.removeLast() }
        return text
    }
}
