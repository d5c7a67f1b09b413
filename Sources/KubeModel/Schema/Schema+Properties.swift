extension Schema {
    /// The named fields of an object, in the byte order of their names.
    public struct Properties: Sendable {
        private let names: [String]
        private let links: [Link]
        /// Name to position.
        private let positions: [String: Int]

        init() {
            names = []
            links = []
            positions = [:]
        }

        init(_ fields: [(name: String, link: Link)]) {
            let sorted = fields.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
            names = sorted.map(\.name)
            links = sorted.map(\.link)
            positions = Dictionary(zip(names, names.indices), uniquingKeysWith: { first, _ in first })
        }

        /// The schema of the field `name`, or nil where the object names no such field.
        public subscript(name: String) -> Schema? {
            guard let position = positions[name] else { return nil }
            return links[position].schema
        }

        /// Whether the object names the field.
        public func contains(_ name: String) -> Bool { positions[name] != nil }
    }
}

extension Schema.Properties: RandomAccessCollection {
    public typealias Element = (name: String, schema: Schema)

    public var startIndex: Int { 0 }
    public var endIndex: Int { names.count }

    public subscript(position: Int) -> Element { (names[position], links[position].schema) }
}
