/// Finds members of JSON objects in bytes, without building values.
///
/// The bytes must be well-formed JSON as `JSON.write` produces it: no white space between tokens, and keys
/// without escapes wherever a key is compared. The store only ever holds such bytes.
struct RawJSON {
    let bytes: UnsafeBufferPointer<UInt8>

    /// Calls `body` for each member of the object that starts at `start`, until it answers false: with the
    /// range of the key, without its quotes, and the start of the value. Values are skipped only on the way to
    /// further members.
    ///
    /// - Returns: false where the bytes are no object in the form expected.
    func forEachMember(ofObjectAt start: Int, _ body: (_ key: Range<Int>, _ value: Int) -> Bool) -> Bool {
        var place = start
        guard place < bytes.count, bytes[place] == UInt8(ascii: "{") else { return false }
        place += 1
        while place < bytes.count, bytes[place] == UInt8(ascii: "\"") {
            let keyEnd = endOfString(at: place)
            guard keyEnd < bytes.count, bytes[keyEnd] == UInt8(ascii: ":") else { return false }
            if !body(place + 1..<keyEnd - 1, keyEnd + 1) { return true }
            place = endOfValue(at: keyEnd + 1)
            guard place < bytes.count else { return false }
            if bytes[place] == UInt8(ascii: ",") { place += 1 }
        }
        return place < bytes.count && bytes[place] == UInt8(ascii: "}")
    }

    /// Whether a range of the bytes spells `text`.
    func equals(_ range: Range<Int>, _ text: StaticString) -> Bool {
        guard range.count == text.utf8CodeUnitCount else { return false }
        return text.withUTF8Buffer { bytes[range].elementsEqual($0) }
    }

    /// The index after the string whose opening quote is at `start`.
    private func endOfString(at start: Int) -> Int {
        var place = start + 1
        while place < bytes.count {
            switch bytes[place] {
            case UInt8(ascii: "\""): return place + 1
            case UInt8(ascii: "\\"): place += 2
            default: place += 1
            }
        }
        return bytes.count
    }

    /// The index after the value that starts at `start`.
    func endOfValue(at start: Int) -> Int {
        var depth = 0
        var place = start
        while place < bytes.count {
            switch bytes[place] {
            case UInt8(ascii: "\""):
                place = endOfString(at: place)
                if depth == 0 { return place }
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
                place += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                if depth == 0 { return place }
                depth -= 1
                place += 1
                if depth == 0 { return place }
            case UInt8(ascii: ","):
                if depth == 0 { return place }
                place += 1
            default:
                place += 1
            }
        }
        return bytes.count
    }
}
