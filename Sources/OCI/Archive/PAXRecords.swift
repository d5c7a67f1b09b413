/// The records of a PAX extended header: `LENGTH KEY=VALUE` and a line break each.
struct PAXRecords {
    /// The map of a sparse file as GNU tar writes it into PAX headers.
    struct Sparse {
        var realSize: Int64
        var name: [UInt8]?
        var segments: [TarEntry.Segment]
        /// Format 1.0: the map stands before the content.
        var isMapInContent: Bool
    }

    private(set) var path: [UInt8]?
    private(set) var linkTarget: [UInt8]?
    private(set) var size: Int64?
    private(set) var userID: Int64?
    private(set) var groupID: Int64?
    private(set) var modificationTime: (seconds: Int64, nanoseconds: Int)?
    private(set) var attributes: [TarEntry.Attribute] = []
    private var sparseMajor: Int64?
    private var sparseSize: Int64?
    private var sparseName: [UInt8]?
    private var sparseNumbers: [Int64] = []

    init() {}

    /// - Throws: ``OCIError`` with code `invalidLayer`.
    init(_ bytes: [UInt8]) throws(OCIError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            guard let space = rest.firstIndex(of: UInt8(ascii: " ")),
                let length = Self.decimal(rest[..<space]), length > 0, length <= Int64(rest.count)
            else { throw Self.fault("a record has a wrong length") }
            let record = rest.prefix(Int(length))
            guard record.last == UInt8(ascii: "\n"), record.endIndex > space + 1 else {
                throw Self.fault("a record does not end in a line break")
            }
            let body = record[(space + 1)..<(record.endIndex - 1)]
            guard let equals = body.firstIndex(of: UInt8(ascii: "=")) else {
                throw Self.fault("a record has no value")
            }
            try set(String(decoding: body[..<equals], as: UTF8.self), Array(body[(equals + 1)...]))
            rest = rest.dropFirst(Int(length))
        }
    }

    /// Takes over what a later global header says.
    mutating func merge(_ other: PAXRecords) throws(OCIError) {
        guard other.path == nil, other.linkTarget == nil, other.size == nil, other.sparse == nil else {
            throw Self.fault("a global header names one member's path or size")
        }
        self = overridden(by: other)
    }

    /// These records where `other` says nothing.
    func overridden(by other: PAXRecords) -> PAXRecords {
        var result = other
        result.userID = other.userID ?? userID
        result.groupID = other.groupID ?? groupID
        result.modificationTime = other.modificationTime ?? modificationTime
        let names = Set(other.attributes.map(\.name))
        result.attributes = attributes.filter { !names.contains($0.name) } + other.attributes
        return result
    }

    /// How a sparse file is stored, nil for others.
    var sparse: Sparse? {
        guard let sparseSize else { return nil }
        let segments = stride(from: 0, to: sparseNumbers.count - 1, by: 2).map {
            TarEntry.Segment(offset: sparseNumbers[$0], count: sparseNumbers[$0 + 1])
        }
        return Sparse(
            realSize: sparseSize, name: sparseName, segments: segments, isMapInContent: sparseMajor == 1)
    }

    private mutating func set(_ key: String, _ value: [UInt8]) throws(OCIError) {
        switch key {
        case "path": path = try Self.name(value, key)
        case "linkpath": linkTarget = try Self.name(value, key)
        case "size": size = try Self.number(value, key)
        case "uid": userID = try Self.number(value, key)
        case "gid": groupID = try Self.number(value, key)
        case "mtime": modificationTime = try Self.time(value)
        case "GNU.sparse.major": sparseMajor = try Self.number(value, key)
        case "GNU.sparse.size", "GNU.sparse.realsize": sparseSize = try Self.number(value, key)
        case "GNU.sparse.name": sparseName = try Self.name(value, key)
        case "GNU.sparse.offset", "GNU.sparse.numbytes": sparseNumbers.append(try Self.number(value, key))
        case "GNU.sparse.map":
            for part in value.split(separator: UInt8(ascii: ",")) {
                sparseNumbers.append(try Self.number(Array(part), key))
            }
        default:
            if let name = Self.attributeName(key), !name.isEmpty {
                attributes.removeAll { $0.name == name }
                attributes.append(TarEntry.Attribute(name: name, value: value))
            }
        }
    }

    private static func attributeName(_ key: String) -> String? {
        let prefix = "SCHILY.xattr."
        return key.hasPrefix(prefix) ? String(key.dropFirst(prefix.count)) : nil
    }

    /// A name must not be cut by a zero, which would make readers disagree on it.
    private static func name(_ value: [UInt8], _ key: String) throws(OCIError) -> [UInt8]? {
        if value.contains(0) { throw fault("the value of '\(key)' holds a zero byte") }
        return value.isEmpty ? nil : value
    }

    private static func number(_ value: [UInt8], _ key: String) throws(OCIError) -> Int64 {
        guard let number = decimal(value[...]) else { throw fault("the value of '\(key)' is no number") }
        return number
    }

    private static func decimal(_ digits: ArraySlice<UInt8>) -> Int64? {
        guard !digits.isEmpty, digits.count <= 18, digits.allSatisfy(\.isDigit) else { return nil }
        return digits.reduce(0) { $0 * 10 + Int64($1 - UInt8(ascii: "0")) }
    }

    /// Seconds since 1970, possibly negative and with a fraction.
    private static func time(_ value: [UInt8]) throws(OCIError) -> (seconds: Int64, nanoseconds: Int) {
        let isNegative = value.first == UInt8(ascii: "-")
        let parts = value.dropFirst(isNegative ? 1 : 0).split(
            separator: UInt8(ascii: "."), maxSplits: 1, omittingEmptySubsequences: false)
        guard let whole = parts.first, let seconds = decimal(whole) else {
            throw fault("the value of 'mtime' is no time")
        }
        var nanoseconds = 0
        if parts.count > 1 {
            let digits = Array(parts[1].prefix(9))
            guard digits.allSatisfy(\.isDigit) else { throw fault("the value of 'mtime' is no time") }
            for index in 0..<9 {
                nanoseconds = nanoseconds * 10 + (index < digits.count ? Int(digits[index]) - 48 : 0)
            }
        }
        guard isNegative else { return (seconds, nanoseconds) }
        return nanoseconds == 0 ? (-seconds, 0) : (-seconds - 1, 1_000_000_000 - nanoseconds)
    }

    private static func fault(_ problem: String) -> OCIError {
        OCIError(.invalidLayer, "an extended header of the layer cannot be read: \(problem)")
    }
}
