/// Makes the identifiers that the server gives: `metadata.uid` and the ends of generated names.
public struct IdentifierSource: Sendable {
    private let random: @Sendable () -> UInt64

    /// - Parameter random: 64 random bits a call; tests give a seeded source.
    public init(random: @escaping @Sendable () -> UInt64 = { UInt64.random(in: 0...UInt64.max) }) {
        self.random = random
    }

    /// A random UUID (RFC 9562, version 4) in lower case.
    public func uid() -> String {
        let high = random() & ~0xF000 | 0x4000
        let low = random() & ~(0b11 << 62) | 0b10 << 62
        let digits = Self.hexadecimal(high) + Self.hexadecimal(low)
        var text = ""
        for (place, digit) in digits.enumerated() {
            if [8, 12, 16, 20].contains(place) { text += "-" }
            text.append(digit)
        }
        return text
    }

    /// Characters that look alike or spell words are left out, as in apimachinery's `rand`.
    private static let alphabet = Array("bcdfghjklmnpqrstvwxz2456789")

    /// Five characters to put behind `metadata.generateName`.
    public func nameSuffix() -> String {
        var bits = random()
        var text = ""
        for _ in 0..<5 {
            let (quotient, remainder) = bits.quotientAndRemainder(dividingBy: UInt64(Self.alphabet.count))
            text.append(Self.alphabet[Int(remainder)])
            bits = quotient
        }
        return text
    }

    private static func hexadecimal(_ bits: UInt64) -> String {
        let digits = String(bits, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
