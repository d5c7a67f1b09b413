public import Manifest

/// The objects of a collection, or a page of them, at one state of the store.
public struct ObjectList: Sendable {
    /// The objects; each carries its own `apiVersion` and `kind`, also where the server left them out.
    public var items: [Value]
    /// The state of the store the list shows; a watch continues from here.
    public let resourceVersion: String
    /// What asks for the next page; nil on the last one.
    public let continueToken: String?
    /// The objects on later pages, where the server counts them.
    public let remainingItemCount: Int?

    /// Reads a `…List` object.
    ///
    /// - Throws: ``KubeClientError`` with code `malformedAnswer`.
    init(_ value: Value) throws(KubeClientError) {
        guard let kind = value["kind"]?.stringValue, kind.hasSuffix("List") else {
            throw KubeClientError(
                .malformedAnswer,
                "a list was expected, but the answer is of kind \"\(value["kind"]?.stringValue ?? "")\"")
        }
        var items = value["items"]?.arrayValue ?? []
        let itemKind = String(kind.dropLast("List".count))
        if let apiVersion = value["apiVersion"], !itemKind.isEmpty {
            for place in items.indices {
                Self.complete(&items[place], apiVersion: apiVersion, kind: .string(itemKind))
            }
        }
        self.items = items
        let metadata = value["metadata"]
        resourceVersion = metadata?["resourceVersion"]?.stringValue ?? ""
        let token = metadata?["continue"]?.stringValue ?? ""
        continueToken = token.isEmpty ? nil : token
        remainingItemCount = metadata?["remainingItemCount"]?.integerValue.flatMap { Int(exactly: $0) }
    }

    /// Gives an item the type that a server states once, for the list.
    private static func complete(_ item: inout Value, apiVersion: Value, kind: Value) {
        guard case .object(var fields) = item else { return }
        item = .null
        if !fields.contains(key: "kind") { fields.insert(key: "kind", value: kind, at: 0) }
        if !fields.contains(key: "apiVersion") { fields.insert(key: "apiVersion", value: apiVersion, at: 0) }
        item = .object(fields)
    }
}
