/// The order in which kubectl and kustomize print the keys of an object (go-yaml's sorted keys).
///
/// Letters go behind everything else, and digits inside a key compare as numbers: `a2` before `a10`,
/// `app.kubernetes.io/name` before `apps`.
enum YAMLKeyOrder {
    /// The pairs of an object in kubectl's order.
    static func sorted(_ object: Object) -> [Object.Pair] {
        // Three keys can go in a circle (`x1x`, `x9x`, `x10x`), where kubectl's own output depends on chance.
        // Sorting by bytes first gives one answer whatever order the pairs came in.
        object.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
            .sorted { precedes($0.key, $1.key) }
    }

    /// Whether the first key is printed before the second.
    static func precedes(_ left: String, _ right: String) -> Bool {
        var (left, right) = (left, right)
        return left.withUTF8 { left in right.withUTF8 { right in precedes(left, right) } }
    }

    private static func precedes(
        _ left: UnsafeBufferPointer<UInt8>, _ right: UnsafeBufferPointer<UInt8>
    ) -> Bool {
        let shorter = min(left.count, right.count)
        var place = 0
        while place < shorter, left[place] == right[place] { place += 1 }
        guard place < shorter else { return left.count < right.count }
        while left[place] & 0xC0 == 0x80 { place -= 1 }

        switch (isLetter(left, at: place), isLetter(right, at: place)) {
        case (true, true): return precedesBytewise(left, right, from: place)
        case (true, false): return false
        case (false, true): return true
        case (false, false): break
        }
        let (leftDigits, rightDigits) = (digits(of: left, from: place), digits(of: right, from: place))
        if let byValue = compareNumbers(left, leftDigits, right, rightDigits) { return byValue }
        if leftDigits.count != rightDigits.count { return leftDigits.count < rightDigits.count }
        return precedesBytewise(left, right, from: place)
    }

    /// UTF-8 sorts as its code points do, so bytes decide.
    private static func precedesBytewise(
        _ left: UnsafeBufferPointer<UInt8>, _ right: UnsafeBufferPointer<UInt8>, from place: Int
    ) -> Bool {
        left[place...].lexicographicallyPrecedes(right[place...])
    }

    /// Compares two runs of digits by value; nil where they are equal.
    private static func compareNumbers(
        _ left: UnsafeBufferPointer<UInt8>, _ leftDigits: Range<Int>,
        _ right: UnsafeBufferPointer<UInt8>, _ rightDigits: Range<Int>
    ) -> Bool? {
        var (leftDigits, rightDigits) = (leftDigits, rightDigits)
        if !continuesNumber(left, at: leftDigits.lowerBound) {
            leftDigits = withoutLeadingZeros(left, leftDigits)
            rightDigits = withoutLeadingZeros(right, rightDigits)
        }
        if leftDigits.count != rightDigits.count { return leftDigits.count < rightDigits.count }
        for (one, other) in zip(left[leftDigits], right[rightDigits]) where one != other {
            return one < other
        }
        return nil
    }

    /// Whether the digits before a place, which both keys share, make its zeros count.
    private static func continuesNumber(_ bytes: UnsafeBufferPointer<UInt8>, at place: Int) -> Bool {
        for byte in bytes[..<place].reversed() {
            guard Ascii.isDigit(byte) else { return false }
            if byte != Ascii.zero { return true }
        }
        return false
    }

    private static func withoutLeadingZeros(
        _ bytes: UnsafeBufferPointer<UInt8>, _ digits: Range<Int>
    ) -> Range<Int> {
        let first = digits.first { bytes[$0] != Ascii.zero } ?? digits.upperBound
        return first..<digits.upperBound
    }

    private static func digits(of bytes: UnsafeBufferPointer<UInt8>, from place: Int) -> Range<Int> {
        var end = place
        while end < bytes.count, Ascii.isDigit(bytes[end]) { end += 1 }
        return place..<end
    }

    private static func isLetter(_ bytes: UnsafeBufferPointer<UInt8>, at place: Int) -> Bool {
        let byte = bytes[place]
        if byte < 0x80 { return (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) }
        let width = YAMLScalarForm.width(ofLead: byte)
        let text = String(decoding: bytes[place..<min(place + width, bytes.count)], as: UTF8.self)
        switch text.unicodeScalars.first?.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: return true
        default: return false
        }
    }
}
