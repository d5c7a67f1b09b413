/// Why a list of packages could not be read.
public struct InventoryError: Error, Sendable, Hashable {
    /// The class of a fault. New codes may be added; compare with the static members.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        private enum Name: String { case syntax, unsupported, tooLarge }
        private let name: Name
        private init(_ name: Name) { self.name = name }

        /// The file is not what its name says.
        public static let syntax = Code(.syntax)
        /// Well-formed, of a version or with a construct that this reader does not know.
        public static let unsupported = Code(.unsupported)
        /// Larger than any such file is.
        public static let tooLarge = Code(.tooLarge)

        /// The code as one word.
        public var description: String { name.rawValue }
    }

    /// What kind of failure it is.
    public let code: Code
    /// What is wrong and what to do about it.
    public let message: String
    /// The file as its reader was told.
    public var file: String?
    /// The line, from 1, where it is known.
    public var line: Int?

    /// A failure in words that say what failed, on which object, and what to do.
    public init(_ code: Code, _ message: String, file: String? = nil, line: Int? = nil) {
        self.code = code
        self.message = message
        self.file = file
        self.line = line
    }
}

extension InventoryError: CustomStringConvertible {
    /// `Cargo.lock:12: message`, without the parts that are not known.
    public var description: String {
        var place = file ?? ""
        if let line { place += place.isEmpty ? "line \(line)" : ":\(line)" }
        return place.isEmpty ? message : "\(place): \(message)"
    }
}
