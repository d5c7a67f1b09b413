/// A JSON parser over bytes, without recursion: nesting lives on three arrays and not on the stack.
///
/// Values and keys of unfinished containers wait on shared stacks; a closing bracket cuts its part off into an
/// array of exactly the needed size, so a tree carries no slack from growing.
struct JSONReader: ~Copyable {
    let bytes: UnsafeBufferPointer<UInt8>
    let options: JSON.ReadOptions
    var place = 0
    var values = ScratchStack<Value>(minimumCapacity: 64)
    var keys = ScratchStack<String>(minimumCapacity: 64)
    var frames: [Frame] = []
    /// Paths of keys that came twice in one object.
    private(set) var duplicates: [String] = []

    /// A container whose closing bracket has not come yet.
    struct Frame {
        let isObject: Bool
        let offset: Int
        let firstValue: Int
        let firstKey: Int
        /// One bit a key, by its bytes: as long as no bit is met twice, no key can have come twice.
        var keyBits: UInt64 = 0
        var mayRepeatKeys = false
    }

    /// What the grammar allows next.
    private enum Expectation { case value, valueOrEnd, key, keyOrEnd, commaOrEnd }

    init(_ bytes: UnsafeBufferPointer<UInt8>, options: JSON.ReadOptions) {
        self.bytes = bytes
        self.options = options
    }

    /// Reads the one value the input holds, to its end.
    mutating func readDocument() throws(ManifestError) -> Value {
        if bytes.count >= 3, bytes[0] == 0xEF, bytes[1] == 0xBB, bytes[2] == 0xBF { place = 3 }
        var expected = Expectation.value
        repeat {
            skipWhitespace()
            expected = try readToken(expected)
        } while !(frames.isEmpty && expected == .commaOrEnd)
        skipWhitespace()
        guard place == bytes.count else {
            throw fault(.syntax, "unexpected \(describe(place)) after the end of the document; remove it")
        }
        return values.removeLast()
    }

    /// Reads one token and answers what may follow it.
    private mutating func readToken(_ expected: Expectation) throws(ManifestError) -> Expectation {
        guard place < bytes.count else { throw endOfInput() }
        let byte = bytes[place]
        switch expected {
        case .commaOrEnd:
            return try readSeparator(byte)
        case .keyOrEnd where byte == UInt8(ascii: "}"), .valueOrEnd where byte == UInt8(ascii: "]"):
            return try close(byte)
        case .key, .keyOrEnd:
            return try readKey(byte)
        case .value, .valueOrEnd:
            return try readValue(byte)
        }
    }

    private mutating func readSeparator(_ byte: UInt8) throws(ManifestError) -> Expectation {
        guard let frame = frames.last else { return .commaOrEnd }
        if byte == UInt8(ascii: ",") {
            place += 1
            return frame.isObject ? .key : .value
        }
        if byte == UInt8(ascii: "}") || byte == UInt8(ascii: "]") { return try close(byte) }
        let closing = frame.isObject ? "}" : "]"
        throw fault(.syntax, "expected ',' or '\(closing)', found \(describe(place))")
    }

    private mutating func readKey(_ byte: UInt8) throws(ManifestError) -> Expectation {
        guard byte == UInt8(ascii: "\"") else {
            if byte == UInt8(ascii: "}") {
                throw fault(.syntax, "expected a key after ',', found '}'; remove the trailing comma")
            }
            throw fault(.syntax, "expected a key in double quotes, found \(describe(place))")
        }
        let start = place
        keys.append(try readString(isKey: true))
        noteKey(bytes[start + 1], length: place - start)
        skipWhitespace()
        guard place < bytes.count else { throw endOfInput() }
        guard bytes[place] == UInt8(ascii: ":") else {
            throw fault(.syntax, "expected ':' after a key, found \(describe(place))")
        }
        place += 1
        return .value
    }

    /// Marks a key's bit in its object; only objects with a bit met twice are searched for equal keys.
    private mutating func noteKey(_ firstByte: UInt8, length: Int) {
        let last = bytes[place - 2]
        let bit: UInt64 =
            1 << (UInt64(truncatingIfNeeded: Int(firstByte) &* 7 &+ Int(last) &* 3 &+ length) & 63)
        let top = frames.count - 1
        if frames[top].keyBits & bit != 0 { frames[top].mayRepeatKeys = true }
        frames[top].keyBits |= bit
    }

    private mutating func readValue(_ byte: UInt8) throws(ManifestError) -> Expectation {
        switch byte {
        case UInt8(ascii: "\""):
            values.append(.string(try readString(isKey: false)))
        case UInt8(ascii: "{"):
            try open(isObject: true)
            return .keyOrEnd
        case UInt8(ascii: "["):
            try open(isObject: false)
            return .valueOrEnd
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            values.append(try readNumber())
        case UInt8(ascii: "t"):
            try readWord("true", .bool(true))
        case UInt8(ascii: "f"):
            try readWord("false", .bool(false))
        case UInt8(ascii: "n"):
            try readWord("null", .null)
        case UInt8(ascii: "]"):
            throw fault(.syntax, "expected a value after ',', found ']'; remove the trailing comma")
        default:
            throw fault(.syntax, "expected a value, found \(describe(place))")
        }
        return .commaOrEnd
    }

    private mutating func readWord(_ word: StaticString, _ value: Value) throws(ManifestError) {
        let length = word.utf8CodeUnitCount
        let matches =
            place + length <= bytes.count
            && (0..<length).allSatisfy { bytes[place + $0] == word.utf8Start[$0] }
        guard matches else { throw fault(.syntax, "expected a value, found \(describe(place))") }
        place += length
        values.append(value)
    }

    // MARK: Containers

    private mutating func open(isObject: Bool) throws(ManifestError) {
        guard frames.count < options.maximumDepth else {
            throw fault(
                .depthLimit, "lists and objects are nested more than \(options.maximumDepth) levels deep")
        }
        frames.append(
            Frame(isObject: isObject, offset: place, firstValue: values.count, firstKey: keys.count))
        place += 1
    }

    private mutating func close(_ byte: UInt8) throws(ManifestError) -> Expectation {
        guard let frame = frames.last else { return .commaOrEnd }
        guard frame.isObject == (byte == UInt8(ascii: "}")) else {
            let opened = ManifestError.Position(offset: frame.offset, in: bytes)
            let brackets = frame.isObject ? ("}", "{") : ("]", "[")
            throw fault(
                .syntax,
                "expected '\(brackets.0)' for the '\(brackets.1)' of line \(opened.line), column \(opened.column), "
                    + "found \(describe(place))")
        }
        let container: Value
        if frame.isObject {
            container = .object(try takePairs(frame))
        } else {
            container = .array(values.removeTail(from: frame.firstValue))
        }
        frames.removeLast()
        values.append(container)
        place += 1
        return .commaOrEnd
    }

    private mutating func takePairs(_ frame: Frame) throws(ManifestError) -> Object {
        if frame.mayRepeatKeys, let second = secondOfTwoEqualKeys(from: frame.firstKey) {
            return try resolveDuplicates(frame, second: second)
        }
        let count = keys.count - frame.firstKey
        let pairs = [Object.Pair](unsafeUninitializedCapacity: count) { buffer, initialized in
            keys.moveTail(from: frame.firstKey) { keys in
                values.moveTail(from: frame.firstValue) { values in
                    for index in 0..<count {
                        buffer.initializeElement(
                            at: index,
                            to: Object.Pair(
                                key: keys.moveElement(from: index), value: values.moveElement(from: index)))
                    }
                }
            }
            initialized = count
        }
        return Object(uniquePairs: pairs)
    }

    /// The first place among the open object's keys that repeats an earlier one.
    private func secondOfTwoEqualKeys(from first: Int) -> Int? {
        if keys.count - first <= Object.indexThreshold {
            for later in first..<keys.count {
                for earlier in first..<later where keys[earlier] == keys[later] { return later }
            }
            return nil
        }
        var seen = Set<String>(minimumCapacity: keys.count - first)
        return (first..<keys.count).first { !seen.insert(keys[$0]).inserted }
    }

    private mutating func resolveDuplicates(_ frame: Frame, second: Int) throws(ManifestError) -> Object {
        if options.strict {
            throw fault(.duplicateKey, "the key \"\(keys[second])\" is in this object twice; remove one")
        }
        let prefix = path(to: frame)
        var object = Object(minimumCapacity: keys.count - frame.firstKey)
        for index in 0..<(keys.count - frame.firstKey) {
            let key = keys[frame.firstKey + index]
            if object.contains(key: key) { duplicates.append(prefix.isEmpty ? key : "\(prefix).\(key)") }
            object[key] = values[frame.firstValue + index]
        }
        _ = keys.removeTail(from: frame.firstKey)
        _ = values.removeTail(from: frame.firstValue)
        return object
    }

    /// The way from the root to an open container, as Kubernetes writes field paths.
    private func path(to frame: Frame) -> String {
        var path = ""
        for (outer, inner) in zip(frames, frames.dropFirst()) {
            if outer.isObject {
                path += (path.isEmpty ? "" : ".") + keys[inner.firstKey - 1]
            } else {
                path += "[\(inner.firstValue - outer.firstValue)]"
            }
        }
        return path
    }

    mutating func skipWhitespace() {
        while place < bytes.count {
            switch bytes[place] {
            case 0x20, 0x0A, 0x0D, 0x09: place += 1
            default: return
            }
        }
    }
}
