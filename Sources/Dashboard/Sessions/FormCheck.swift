import HTTPTypes

/// Tells forms of our own pages from those that another site makes a browser send.
enum FormCheck {
    /// The field that carries the token.
    static let field = "csrf"

    /// Whether a request that changes something comes from our own pages.
    ///
    /// The token is what counts; the headers that browsers add refuse more where they are there.
    static func isOwn(token: String?, expected: String, fields: HTTPFields, authority: String?) -> Bool {
        guard let token, isEqual(token, expected) else { return false }
        return isSameSite(fields, authority: authority)
    }

    /// Whether what the browser says about the request's origin speaks against it.
    static func isSameSite(_ fields: HTTPFields, authority: String?) -> Bool {
        if let name = HTTPField.Name("Sec-Fetch-Site"), let site = fields[name], site != "same-origin",
            site != "none"
        {
            return false
        }
        if let origin = fields[.origin], origin != "null", let authority {
            guard let scheme = origin.range(of: "://") else { return false }
            return origin[scheme.upperBound...] == authority
        }
        return fields[.origin] != "null"
    }

    /// Compares in a time that does not tell where texts differ.
    static func isEqual(_ left: String, _ right: String) -> Bool {
        let (left, right) = (Array(left.utf8), Array(right.utf8))
        guard left.count == right.count else { return false }
        var difference: UInt8 = 0
        for place in left.indices { difference |= left[place] ^ right[place] }
        return difference == 0
    }
}

extension String {
    /// Where a text first occurs.
    fileprivate func range(of text: String) -> Range<String.Index>? {
        firstRange(of: text)
    }
}
