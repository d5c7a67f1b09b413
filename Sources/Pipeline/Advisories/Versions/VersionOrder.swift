/// How an ecosystem orders its versions.
enum VersionOrder: Sendable, Hashable {
    /// SemVer 2.0: npm, crates.io, Go, Swift.
    case semantic
    /// PEP 440: Python.
    case python
    /// Debian's own, deb-version(7).
    case debian

    /// The order of two versions; nil where one of them is none in this ecosystem.
    func compare(_ left: String, _ right: String) -> Comparison? {
        switch self {
        case .semantic:
            guard let left = SemanticVersion(left), let right = SemanticVersion(right) else { return nil }
            return Comparison(left, right)
        case .python:
            guard let left = PythonVersion(left), let right = PythonVersion(right) else { return nil }
            return Comparison(left, right)
        case .debian:
            guard let left = DebianVersion(left), let right = DebianVersion(right) else { return nil }
            return Comparison(left, right)
        }
    }
}

/// How one version stands to another.
enum Comparison: Int, Sendable {
    case less = -1
    case equal = 0
    case greater = 1

    init<T: Comparable>(_ left: T, _ right: T) {
        self = left < right ? .less : right < left ? .greater : .equal
    }
}

/// A whole number of any size, as digits without leading zeros.
struct DigitString: Sendable, Hashable, Comparable {
    private let digits: [UInt8]

    /// Nil where there is another character than a digit.
    init?(_ text: some StringProtocol) {
        let bytes = Array(text.utf8)
        guard !bytes.isEmpty, bytes.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        digits = Array(bytes.drop { $0 == 0x30 })
    }

    static let zero = DigitString(digits: [])

    private init(digits: [UInt8]) { self.digits = digits }

    var isZero: Bool { digits.isEmpty }

    static func < (left: DigitString, right: DigitString) -> Bool {
        if left.digits.count != right.digits.count { return left.digits.count < right.digits.count }
        return left.digits.lexicographicallyPrecedes(right.digits)
    }
}
