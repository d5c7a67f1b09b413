/// A version by deb-version(7): `epoch:upstream-revision`.
struct DebianVersion: Sendable, Comparable {
    private let epoch: DigitString
    private let upstream: [UInt8]
    private let revision: [UInt8]

    init?(_ text: String) {
        var rest = Substring(text)
        guard !rest.isEmpty, !rest.contains(where: \.isWhitespace) else { return nil }
        if let colon = rest.firstIndex(of: ":") {
            guard let epoch = DigitString(rest[..<colon]) else { return nil }
            self.epoch = epoch
            rest = rest[rest.index(after: colon)...]
        } else {
            epoch = .zero
        }
        if let dash = rest.lastIndex(of: "-") {
            revision = Array(rest[rest.index(after: dash)...].utf8)
            rest = rest[..<dash]
        } else {
            revision = []
        }
        upstream = Array(rest.utf8)
        guard !upstream.isEmpty else { return nil }
    }

    static func == (left: DebianVersion, right: DebianVersion) -> Bool { !(left < right) && !(right < left) }

    static func < (left: DebianVersion, right: DebianVersion) -> Bool {
        if left.epoch != right.epoch { return left.epoch < right.epoch }
        let upstream = compare(left.upstream[...], right.upstream[...])
        if upstream != .equal { return upstream == .less }
        return compare(left.revision[...], right.revision[...]) == .less
    }

    /// Stretches of other characters and of digits in turn; the first difference decides.
    private static func compare(_ left: ArraySlice<UInt8>, _ right: ArraySlice<UInt8>) -> Comparison {
        var (left, right) = (left, right)
        while !left.isEmpty || !right.isEmpty {
            let words = (left.prefix { !isDigit($0) }, right.prefix { !isDigit($0) })
            let order = compareWords(words.0, words.1)
            if order != .equal { return order }
            left = left.dropFirst(words.0.count)
            right = right.dropFirst(words.1.count)
            let digits = (left.prefix(while: isDigit), right.prefix(while: isDigit))
            let numbers = [digits.0, digits.1].map {
                DigitString(String(decoding: $0, as: UTF8.self)) ?? .zero
            }
            if numbers[0] != numbers[1] { return numbers[0] < numbers[1] ? .less : .greater }
            left = left.dropFirst(digits.0.count)
            right = right.dropFirst(digits.1.count)
        }
        return .equal
    }

    /// `~` comes before the end, letters before everything else.
    private static func compareWords(_ left: ArraySlice<UInt8>, _ right: ArraySlice<UInt8>) -> Comparison {
        let (left, right) = (Array(left), Array(right))
        for index in 0..<max(left.count, right.count) {
            let one = index < left.count ? weight(left[index]) : 0
            let other = index < right.count ? weight(right[index]) : 0
            if one != other { return one < other ? .less : .greater }
        }
        return .equal
    }

    private static func weight(_ byte: UInt8) -> Int {
        switch byte {
        case UInt8(ascii: "~"): -1
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): Int(byte)
        default: Int(byte) + 256
        }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}
