/// Why the embedded API server cannot do what its host program asks of it.
///
/// Answers to API clients are `APIError`s; this is for the program that opens the store and runs the server.
public struct ServerError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The class of a fault. New codes may be added; compare with the static members.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        private enum Name: String {
            case storage, corruptStore, inUse, closed, configuration
        }
        private let name: Name
        private init(_ name: Name) { self.name = name }

        /// The database cannot be opened, read or written.
        public static let storage = Code(.storage)
        /// The database holds what this server never wrote.
        public static let corruptStore = Code(.corruptStore)
        /// Another process has the database open.
        public static let inUse = Code(.inUse)
        /// The store was closed while or before it was asked.
        public static let closed = Code(.closed)
        /// An argument of the server contradicts another, or is out of range.
        public static let configuration = Code(.configuration)

        public var description: String { name.rawValue }
    }

    public let code: Code
    /// What failed, on which object, and what to do about it.
    public let message: String

    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    public var description: String { message }
}
