import Mustache

/// Makes text harmless in HTML and SVG, between tags and in quoted attributes.
///
/// It looks at code points: a character of a string may be a `<` with a combining mark, which compares unequal to `<`
/// and is one to a browser all the same. Control characters, which HTML does not know, become U+FFFD.
enum Escaping {
    static func escaped(_ text: some StringProtocol) -> String {
        var output = ""
        output.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": output += "&amp;"
            case "<": output += "&lt;"
            case ">": output += "&gt;"
            case "\"": output += "&quot;"
            case "'": output += "&#39;"
            case "\n", "\t": output.unicodeScalars.append(scalar)
            case _ where scalar.value < 0x20 || (0x7f...0x9f).contains(scalar.value):
                output += "\u{FFFD}"
            default: output.unicodeScalars.append(scalar)
            }
        }
        return output
    }
}

/// The content type of all templates.
struct PageContentType: MustacheContentType {
    static let name = "SLIPWAY"

    func escapeText(_ text: String) -> String { Escaping.escaped(text) }
}
