/// A set of characters as regular expressions describe them.
struct CharacterClass: Sendable, Hashable {
    private var ranges: [ClosedRange<UInt32>] = []
    /// Properties of Unicode, each wanted or not.
    private var categories: [Category] = []
    private var isNegated = false

    private struct Category: Sendable, Hashable {
        let prefix: String
        let isNegated: Bool
    }

    init() {}

    init(_ ranges: ClosedRange<Unicode.Scalar>...) {
        self.ranges = ranges.map { $0.lowerBound.value...$0.upperBound.value }
    }

    static let any = CharacterClass("\u{0}"..."\u{10FFFF}")
    static let notNewline = CharacterClass("\n"..."\n").inverted
    static let digit = CharacterClass("0"..."9")
    static let word = CharacterClass("0"..."9", "A"..."Z", "_"..."_", "a"..."z")
    static let space = CharacterClass("\t"..."\n", "\u{0C}"..."\r", " "..." ")

    /// The class that POSIX calls by a name: `alpha`, `digit`, …
    static func posix(_ name: some StringProtocol) -> CharacterClass? {
        switch name {
        case "alnum": CharacterClass("0"..."9", "A"..."Z", "a"..."z")
        case "alpha": CharacterClass("A"..."Z", "a"..."z")
        case "ascii": CharacterClass("\u{0}"..."\u{7F}")
        case "blank": CharacterClass("\t"..."\t", " "..." ")
        case "cntrl": CharacterClass("\u{0}"..."\u{1F}", "\u{7F}"..."\u{7F}")
        case "digit": digit
        case "graph": CharacterClass("!"..."~")
        case "lower": CharacterClass("a"..."z")
        case "print": CharacterClass(" "..."~")
        case "punct": CharacterClass("!"..."/", ":"..."@", "["..."`", "{"..."~")
        case "space": CharacterClass("\t"..."\r", " "..." ")
        case "upper": CharacterClass("A"..."Z")
        case "word": word
        case "xdigit": CharacterClass("0"..."9", "A"..."F", "a"..."f")
        default: nil
        }
    }

    /// The characters of a general category of Unicode (`L`, `Lu`), or of `Any`; scripts are not known.
    static func unicode(_ name: String) -> CharacterClass? {
        if name == "Any" { return any }
        guard CharacterClass.categoryNames.contains(name) else { return nil }
        var result = CharacterClass()
        result.categories = [Category(prefix: name, isNegated: false)]
        return result
    }

    private static let categoryNames: Set<String> = [
        "C", "Cc", "Cf", "Co", "Cs", "L", "Ll", "Lm", "Lo", "Lt", "Lu", "M", "Mc", "Me", "Mn", "N", "Nd",
        "Nl",
        "No", "P", "Pc", "Pd", "Pe", "Pf", "Pi", "Po", "Ps", "S", "Sc", "Sk", "Sm", "So", "Z", "Zl", "Zp",
        "Zs",
    ]

    /// The characters that are not in the class.
    var inverted: CharacterClass {
        var result = self
        result.isNegated.toggle()
        return result
    }

    mutating func insert(_ range: ClosedRange<UInt32>) { ranges.append(range) }

    /// Adds the members of another class that was not put together of several.
    mutating func insert(_ other: CharacterClass) {
        if other.isNegated {
            if other.ranges.isEmpty {
                categories += other.categories.map { Category(prefix: $0.prefix, isNegated: !$0.isNegated) }
            } else {
                ranges += Self.gaps(in: other.ranges)
            }
        } else {
            ranges += other.ranges
            categories += other.categories
        }
    }

    /// The class with the other case of every letter; of letters beyond ASCII, those with a single counterpart.
    var ignoringCase: CharacterClass {
        var result = self
        for range in ranges {
            for value in range.clamped(to: 0...0x24F) {
                guard let scalar = Unicode.Scalar(value) else { continue }
                for text in [scalar.properties.lowercaseMapping, scalar.properties.uppercaseMapping] {
                    let other = text.unicodeScalars
                    if other.count == 1, let single = other.first, single != scalar {
                        result.ranges.append(single.value...single.value)
                    }
                }
            }
        }
        return result
    }

    func contains(_ character: Unicode.Scalar) -> Bool {
        let value = character.value
        if ranges.contains(where: { $0.contains(value) }) { return !isNegated }
        let isMember = categories.contains { category in
            character.properties.generalCategory.abbreviation.hasPrefix(category.prefix) != category.isNegated
        }
        return isMember != isNegated
    }

    private static func gaps(in ranges: [ClosedRange<UInt32>]) -> [ClosedRange<UInt32>] {
        var gaps: [ClosedRange<UInt32>] = []
        var next: UInt32 = 0
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if range.lowerBound > next { gaps.append(next...range.lowerBound - 1) }
            next = Swift.max(next, range.upperBound + 1)
        }
        if next <= 0x10FFFF { gaps.append(next...0x10FFFF) }
        return gaps
    }
}

extension Unicode.GeneralCategory {
    /// The two letters by which Unicode abbreviates the category.
    fileprivate var abbreviation: String {
        switch self {
        case .uppercaseLetter: "Lu"
        case .lowercaseLetter: "Ll"
        case .titlecaseLetter: "Lt"
        case .modifierLetter: "Lm"
        case .otherLetter: "Lo"
        case .nonspacingMark: "Mn"
        case .spacingMark: "Mc"
        case .enclosingMark: "Me"
        case .decimalNumber: "Nd"
        case .letterNumber: "Nl"
        case .otherNumber: "No"
        case .connectorPunctuation: "Pc"
        case .dashPunctuation: "Pd"
        case .openPunctuation: "Ps"
        case .closePunctuation: "Pe"
        case .initialPunctuation: "Pi"
        case .finalPunctuation: "Pf"
        case .otherPunctuation: "Po"
        case .mathSymbol: "Sm"
        case .currencySymbol: "Sc"
        case .modifierSymbol: "Sk"
        case .otherSymbol: "So"
        case .spaceSeparator: "Zs"
        case .lineSeparator: "Zl"
        case .paragraphSeparator: "Zp"
        case .control: "Cc"
        case .format: "Cf"
        case .surrogate: "Cs"
        case .privateUse: "Co"
        case .unassigned: "Cn"
        @unknown default: "Cn"
        }
    }
}
