import Manifest

/// JSON as Go writes it: sorted keys, and `<`, `>`, `&` and the line separators of Unicode escaped.
enum GoJSONText {
    static func string(_ value: Value, indentation: Int? = nil) -> String {
        let plain = JSON.write(value, options: JSON.WriteOptions(indentation: indentation, sortsKeys: true))
        var escaped: [UInt8] = []
        escaped.reserveCapacity(plain.count)
        var place = 0
        while place < plain.count {
            let byte = plain[place]
            switch byte {
            case UInt8(ascii: "<"): escaped += "\\u003c".utf8
            case UInt8(ascii: ">"): escaped += "\\u003e".utf8
            case UInt8(ascii: "&"): escaped += "\\u0026".utf8
            case 0xE2 where isSeparator(plain, at: place):
                escaped += (plain[place + 2] == 0xA8 ? "\\u2028" : "\\u2029").utf8
                place += 2
            default: escaped.append(byte)
            }
            place += 1
        }
        return String(decoding: escaped, as: UTF8.self)
    }

    private static func isSeparator(_ bytes: [UInt8], at place: Int) -> Bool {
        place + 2 < bytes.count && bytes[place + 1] == 0x80 && bytes[place + 2] & 0xFE == 0xA8
    }
}
