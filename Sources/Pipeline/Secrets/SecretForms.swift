/// The ways in which a secret can show up in a log.
enum SecretForms {
    /// The fewest bytes of a secret that can be masked without masking half of every log.
    static let minimumLength = 8

    /// Every form of a secret: as it is, line by line, in base 64, in hexadecimal digits, escaped for URLs and JSON,
    /// and the values within where it is a JSON document.
    static func all(of secret: [UInt8]) -> Set<[UInt8]> {
        var texts: Set<[UInt8]> = [secret]
        for line in secret.split(whereSeparator: { $0 == 0x0a || $0 == 0x0d })
        where line.count >= minimumLength {
            texts.insert(Array(line))
        }
        let trimmed = trim(secret)
        if trimmed.count >= minimumLength { texts.insert(trimmed) }
        for leaf in JSONLeaves.of(secret) where leaf.count >= minimumLength { texts.insert(leaf) }
        var forms = texts
        for text in texts {
            forms.formUnion(base64(of: text))
            forms.insert(hexadecimal(text, "0123456789abcdef"))
            forms.insert(hexadecimal(text, "0123456789ABCDEF"))
            forms.formUnion(urlEncoded(text))
            forms.insert(jsonEscaped(text, escapesSlash: false))
            forms.insert(jsonEscaped(text, escapesSlash: true))
            forms.insert(shellQuoted(text))
        }
        return forms.filter { $0.count >= minimumLength }
    }

    /// The characters that every base 64 text with the secret inside has, for each of the three places a byte can have.
    static func base64(of bytes: [UInt8]) -> Set<[UInt8]> {
        var forms: Set<[UInt8]> = []
        let standard = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        let url = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
        for shift in 0..<3 {
            let padded = [UInt8](repeating: 0, count: shift) + bytes
            // The first and last character hold bits of what stands beside the secret.
            let first = (shift * 8 + 5) / 6
            let end = padded.count * 8 / 6
            guard end > first else { continue }
            for alphabet in [standard, url] {
                var characters: [UInt8] = []
                for index in first..<end {
                    let bit = index * 6
                    let high = UInt16(padded[bit / 8]) << 8
                    let low = bit / 8 + 1 < padded.count ? UInt16(padded[bit / 8 + 1]) : 0
                    let six = ((high | low) >> UInt16(10 - bit % 8)) & 63
                    characters.append(alphabet[Int(six)])
                }
                forms.insert(characters)
            }
        }
        return forms
    }

    private static func hexadecimal(_ bytes: [UInt8], _ digits: StaticString) -> [UInt8] {
        bytes.flatMap { [digits.utf8Start[Int($0 >> 4)], digits.utf8Start[Int($0 & 15)]] }
    }

    private static func urlEncoded(_ bytes: [UInt8]) -> Set<[UInt8]> {
        var forms: Set<[UInt8]> = []
        let unreserved = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~".utf8)
        // What is left as it is differs: RFC 3986, JavaScript's encodeURIComponent and encodeURI, and forms.
        let kept: [Set<UInt8>] = [
            unreserved, unreserved.union("!'()*".utf8), unreserved.union("!'()*;/?:@&=+$,#".utf8),
        ]
        for set in kept {
            for digits in ["0123456789ABCDEF", "0123456789abcdef"] as [StaticString] {
                for space in [nil, UInt8(ascii: "+")] {
                    var text: [UInt8] = []
                    for byte in bytes {
                        if set.contains(byte) {
                            text.append(byte)
                        } else if byte == 0x20, let space {
                            text.append(space)
                        } else {
                            text.append(UInt8(ascii: "%"))
                            text.append(digits.utf8Start[Int(byte >> 4)])
                            text.append(digits.utf8Start[Int(byte & 15)])
                        }
                    }
                    forms.insert(text)
                }
            }
        }
        return forms
    }

    private static func jsonEscaped(_ bytes: [UInt8], escapesSlash: Bool) -> [UInt8] {
        var text: [UInt8] = []
        for byte in bytes {
            switch byte {
            case UInt8(ascii: "\""): text += Array("\\\"".utf8)
            case UInt8(ascii: "\\"): text += Array("\\\\".utf8)
            case UInt8(ascii: "/") where escapesSlash: text += Array("\\/".utf8)
            case 0x0a: text += Array("\\n".utf8)
            case 0x0d: text += Array("\\r".utf8)
            case 0x09: text += Array("\\t".utf8)
            case 0..<0x20: text += Array("\\u00".utf8) + hexadecimal([byte], "0123456789abcdef")
            default: text.append(byte)
            }
        }
        return text
    }

    /// As `set -x` of shells shows a word with a quote in it.
    private static func shellQuoted(_ bytes: [UInt8]) -> [UInt8] {
        bytes.flatMap { $0 == UInt8(ascii: "'") ? Array("'\\''".utf8) : [$0] }
    }

    private static func trim(_ bytes: [UInt8]) -> [UInt8] {
        let isSpace = { (byte: UInt8) in byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 }
        return Array(bytes.drop(while: isSpace).reversed().drop(while: isSpace).reversed())
    }
}
