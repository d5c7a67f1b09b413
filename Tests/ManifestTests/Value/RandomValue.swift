import Manifest
import TestSupport

extension Value {
    /// A random tree with the kinds of text that break readers and writers.
    static func random(using random: inout SeededGenerator, depth: Int = 4) -> Value {
        switch Int.random(in: 0..<(depth > 0 ? 9 : 6), using: &random) {
        case 0: return .null
        case 1: return .bool(Bool.random(using: &random))
        case 2: return .integer(Int64.random(in: Int64.min...Int64.max, using: &random))
        case 3: return .integer(Int64.random(in: -20...20, using: &random))
        case 4: return .double(Real(Double.random(in: -1e6...1e6, using: &random)))
        case 5: return .string(randomText(using: &random))
        case 6:
            let count = Int.random(in: 0..<5, using: &random)
            return .array((0..<count).map { _ in Value.random(using: &random, depth: depth - 1) })
        default:
            var object = Object()
            for _ in 0..<Int.random(in: 0..<6, using: &random) {
                object[randomText(using: &random)] = Value.random(using: &random, depth: depth - 1)
            }
            return .object(object)
        }
    }

    /// Words, indicators, numbers in disguise, breaks and characters of every width.
    static func randomText(using random: inout SeededGenerator) -> String {
        let pieces = [
            "a", "name", "yes", "no", "null", "~", "1", "0x1f", "1e3", "1.0", ":", ": ", " #", "#", "-", "- ",
            "? ", "{", "}",
            "[", "]", ",", "&a", "*a", "!t", "|", ">", "%", "@", "`", "'", "\"", "\\", " ", "  ", "\n",
            "\n\n", "\t", "é", "имя",
            "漢", "😀", "\u{7f}", "\u{85}", "\u{2028}", "\u{FEFF}", "\u{1}", "2026-01-01", "---", "...", "=",
            "<<", ".inf",
            "app.kubernetes.io/managed-by", "terminationGracePeriodSeconds",
        ]
        var text = ""
        for _ in 0..<Int.random(in: 0..<5, using: &random) {
            text += pieces[Int.random(in: 0..<pieces.count, using: &random)]
        }
        return text
    }
}
