/// What is wrong with a document or with a change asked of it, and where.
public struct ManifestError: Error, Sendable, Hashable {
    /// The class of a fault. New codes may be added; compare with the static members.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        private enum Name: String {
            case syntax, encoding, duplicateKey, depthLimit, sizeLimit, unknownAlias, unsupported
            case notFound, typeMismatch, notEditable, invalidPath
        }
        private let name: Name
        private init(_ name: Name) { self.name = name }

        /// The text is not well-formed JSON or YAML.
        public static let syntax = Code(.syntax)
        /// The bytes are not valid UTF-8, or hold a lone surrogate or a forbidden control character.
        public static let encoding = Code(.encoding)
        /// A mapping has one key twice.
        public static let duplicateKey = Code(.duplicateKey)
        /// Lists and objects are nested too deeply.
        public static let depthLimit = Code(.depthLimit)
        /// The document, or what its aliases expand to, is too large.
        public static let sizeLimit = Code(.sizeLimit)
        /// An alias names no anchor.
        public static let unknownAlias = Code(.unknownAlias)
        /// Well-formed, but without a meaning as a manifest: a complex key, an infinite number.
        public static let unsupported = Code(.unsupported)
        /// A path leads to nothing.
        public static let notFound = Code(.notFound)
        /// A value is of another type than the reader asked for.
        public static let typeMismatch = Code(.typeMismatch)
        /// The change cannot be made without touching bytes it must not touch.
        public static let notEditable = Code(.notEditable)
        /// A path or pointer is not well-formed.
        public static let invalidPath = Code(.invalidPath)

        public var description: String { name.rawValue }
    }

    /// A place in a document; all three count from the start of the stream.
    public struct Position: Sendable, Hashable {
        /// Line, from 1.
        public let line: Int
        /// Column in characters (Unicode scalars), from 1.
        public let column: Int
        /// Offset in bytes, from 0.
        public let offset: Int

        public init(line: Int, column: Int, offset: Int) {
            self.line = line
            self.column = column
            self.offset = offset
        }

        /// The place of the byte at `offset`, found by counting from the start. For error paths only.
        public init(offset: Int, in bytes: UnsafeBufferPointer<UInt8>) {
            var line = 1
            var column = 1
            var place = 0
            let end = Swift.min(offset, bytes.count)
            while place < end {
                let byte = bytes[place]
                if byte == UInt8(ascii: "\n")
                    || (byte == UInt8(ascii: "\r")
                        && !(place + 1 < bytes.count && bytes[place + 1] == UInt8(ascii: "\n")))
                {
                    line += 1
                    column = 1
                } else if byte & 0xC0 != 0x80 {
                    column += 1
                }
                place += 1
            }
            self.init(line: line, column: column, offset: offset)
        }
    }

    public let code: Code
    /// What is wrong and what to do about it, without the place.
    public let message: String
    /// Where, for faults that have a place in a document.
    public let position: Position?
    /// The file's name as its reader gave it.
    public var file: String?

    public init(_ code: Code, _ message: String, at position: Position? = nil, file: String? = nil) {
        self.code = code
        self.message = message
        self.position = position
        self.file = file
    }
}

extension ManifestError: CustomStringConvertible {
    /// `deploy.yaml:3:7: message`, without the parts that are not known.
    public var description: String {
        var place = file ?? ""
        if let position {
            place +=
                place.isEmpty
                ? "line \(position.line), column \(position.column)" : ":\(position.line):\(position.column)"
        }
        return place.isEmpty ? message : "\(place): \(message)"
    }
}
