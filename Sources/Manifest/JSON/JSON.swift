/// Reading and writing of JSON (RFC 8259).
public enum JSON {
    /// What a reader accepts.
    public struct ReadOptions: Sendable {
        /// Whether duplicate keys and lone surrogates are errors.
        ///
        /// Otherwise the last of several equal keys wins, at the first one's place, and a lone surrogate becomes
        /// U+FFFD, as Go's decoder and so every Kubernetes component reads them.
        public var strict: Bool
        /// How deeply lists and objects may nest.
        public var maximumDepth: Int

        public init(strict: Bool = false, maximumDepth: Int = 512) {
            self.strict = strict
            self.maximumDepth = maximumDepth
        }
    }

    /// How a value is laid out.
    public struct WriteOptions: Sendable {
        /// Spaces an indentation level; nil writes everything on one line without spaces.
        public var indentation: Int?
        /// Whether the keys of every object are sorted by their bytes, as Go sorts the keys of a map.
        public var sortsKeys: Bool

        public init(indentation: Int? = nil, sortsKeys: Bool = false) {
            self.indentation = indentation
            self.sortsKeys = sortsKeys
        }

        /// One line, keys as they are.
        public static let compact = WriteOptions()
        /// Four spaces a level, as `kubectl -o json` prints.
        public static let pretty = WriteOptions(indentation: 4)
    }

    /// Reads one JSON document.
    ///
    /// - Parameter bytes: UTF-8, with or without a byte order mark.
    /// - Throws: `ManifestError` with code `syntax`, `encoding`, `duplicateKey`, `depthLimit` or `unsupported` (a
    ///   number no double can hold), always with a position.
    public static func parse(
        _ bytes: [UInt8], options: ReadOptions = ReadOptions()
    ) throws(ManifestError) -> Value {
        var duplicates: [String] = []
        return try parse(bytes, options: options, duplicates: &duplicates)
    }

    /// Reads one JSON document from text.
    ///
    /// - Throws: as ``parse(_:options:)-([UInt8],_)``.
    public static func parse(
        _ text: String, options: ReadOptions = ReadOptions()
    ) throws(ManifestError) -> Value {
        try parse([UInt8](text.utf8), options: options)
    }

    /// Reads one JSON document and tells which keys it had twice.
    ///
    /// - Parameter duplicates: receives the paths of duplicate keys, such as `spec.containers[0].name`, in
    ///   document order. Stays empty in strict mode, where the first one is an error.
    /// - Throws: as ``parse(_:options:)-([UInt8],_)``.
    public static func parse(
        _ bytes: [UInt8], options: ReadOptions, duplicates: inout [String]
    ) throws(ManifestError) -> Value {
        // A closure cannot throw a typed error through `withUnsafeBufferPointer` and fill an inout at once.
        var found: [String] = []
        let result = bytes.withUnsafeBufferPointer { buffer -> Result<Value, ManifestError> in
            var reader = JSONReader(buffer, options: options)
            do throws(ManifestError) {
                let value = try reader.readDocument()
                found = reader.duplicates
                return .success(value)
            } catch {
                return .failure(error)
            }
        }
        duplicates = found
        return try result.get()
    }

    /// Reads one JSON document from memory that somebody else owns, such as a network buffer.
    ///
    /// - Throws: as ``parse(_:options:)-([UInt8],_)``.
    public static func parse(
        _ bytes: UnsafeRawBufferPointer, options: ReadOptions = ReadOptions()
    ) throws(ManifestError) -> Value {
        let result = bytes.withMemoryRebound(to: UInt8.self) { buffer -> Result<Value, ManifestError> in
            var reader = JSONReader(buffer, options: options)
            do throws(ManifestError) { return .success(try reader.readDocument()) } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    /// Writes a value as UTF-8.
    public static func write(_ value: Value, options: WriteOptions = .compact) -> [UInt8] {
        var writer = JSONWriter(options: options)
        writer.write(value)
        return writer.bytes
    }

    /// Writes a value as text.
    public static func string(_ value: Value, options: WriteOptions = .compact) -> String {
        String(decoding: write(value, options: options), as: UTF8.self)
    }
}
