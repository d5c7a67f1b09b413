/// The `Warning` header by which an API server comments on a request (RFC 7234, section 5.5).
enum Warning {
    /// The text of a header such as `299 - "unknown field \"spec.replica\""`; nil where it is no warning of an
    /// API server.
    static func text(_ header: String) -> String? {
        let parts = header.split(separator: " ", maxSplits: 2)
        guard parts.count == 3, parts[0] == "299", parts[2].first == "\"" else { return nil }
        var text = ""
        var isEscaped = false
        for character in parts[2].dropFirst() {
            if isEscaped {
                text.append(character)
                isEscaped = false
            } else if character == "\\" {
                isEscaped = true
            } else if character == "\"" {
                return text
            } else {
                text.append(character)
            }
        }
        return nil
    }
}
