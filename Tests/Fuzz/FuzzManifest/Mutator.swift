/// SplitMix64: one seed, one sequence, on every machine.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

/// Makes documents by changing, cutting and joining those of a corpus.
struct Mutator {
    let corpus: [[UInt8]]
    /// Pieces that mean something to the readers.
    let tokens: [[UInt8]]

    init(corpus: [[UInt8]], target: Options.Target) {
        self.corpus = corpus
        let yaml = [
            "- ", "? ", ": ", ":", "\n", "\r", "\r\n", "\t", "  ", "    ", "#", " #c\n", "---\n", "...\n",
            "&a ", "*a",
            "!t ", "!!str ", "!!int ", "!!binary ", "! ", "!<x> ", "|\n", ">\n", "|+2\n", ">-\n", "'", "\"",
            "\\", "''",
            "\\u", "\\\n", "[", "]", "{", "}", ",", "<<: ", "%YAML 1.2\n", "%TAG ! x\n", "\u{FEFF}", "\u{85}",
            "é", "😀",
            "~", "yes", "0x1F", "1e3", "1_0", ".inf", "@", "`", "\u{7F}", "\u{0}", "- - ", "a: b\n", "[a: b]",
            "{a: b}",
            "\n\n", "\n  ", "\n\t", "key: &x value\n", "*x",
        ]
        let json = [
            "{", "}", "[", "]", ",", ":", "\"", "\\", "\\u", "D83D", "1", "-", "e", ".", "null", "true", " ",
        ]
        tokens = (target == .json ? json : yaml).map { Array($0.utf8) }
    }

    func document(using random: inout SeededGenerator) -> [UInt8] {
        var bytes = corpus.randomElement(using: &random) ?? []
        if bytes.count > 4096 {
            let start = Int.random(in: 0..<bytes.count - 2048, using: &random)
            bytes = Array(bytes[start..<start + 2048])
        }
        for _ in 0..<Int.random(in: 0...8, using: &random) { mutate(&bytes, using: &random) }
        return bytes
    }

    private func mutate(_ bytes: inout [UInt8], using random: inout SeededGenerator) {
        let place = Int.random(in: 0...bytes.count, using: &random)
        let length = Int.random(in: 0...min(bytes.count - place, 40), using: &random)
        let range = place..<place + length
        switch Int.random(in: 0..<9, using: &random) {
        case 0: bytes.removeSubrange(range)
        case 1: bytes.insert(contentsOf: bytes[range], at: place)
        case 2: if place < bytes.count { bytes[place] = UInt8.random(in: 0...255, using: &random) }
        case 3: if place < bytes.count { bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random) }
        case 4:
            let part = bytes[range]
            bytes.insert(contentsOf: part, at: Int.random(in: 0...bytes.count, using: &random))
        case 5:
            let other = corpus.randomElement(using: &random) ?? []
            let start = Int.random(in: 0...other.count, using: &random)
            bytes.insert(contentsOf: other[start..<min(other.count, start + 200)], at: place)
        case 6:
            let token = tokens.randomElement(using: &random) ?? []
            for _ in 0..<Int.random(in: 1...60, using: &random) { bytes.insert(contentsOf: token, at: place) }
        default:
            bytes.insert(contentsOf: tokens.randomElement(using: &random) ?? [], at: place)
        }
    }
}
