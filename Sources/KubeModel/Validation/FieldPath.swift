/// The way from an object's root to one of its fields, as messages spell it: `spec.ports[0].name`, `data[key]`.
public struct FieldPath: Sendable, Hashable {
    private let text: String

    private init(text: String) { self.text = text }

    /// The object itself; its children are spelled without a leading dot.
    public static let root = FieldPath(text: "")

    /// The path of a field by the names that lead to it from the root.
    public init(_ names: String...) { text = names.joined(separator: ".") }

    /// The path of a field below this one.
    public func child(_ names: String...) -> FieldPath {
        let below = names.joined(separator: ".")
        return FieldPath(text: text.isEmpty ? below : "\(text).\(below)")
    }

    /// The path of an item of the list at this path.
    public func index(_ position: Int) -> FieldPath { FieldPath(text: "\(text)[\(position)]") }

    /// The path of an entry of the map at this path; keys stand in brackets, as they may hold dots.
    public func key(_ name: String) -> FieldPath { FieldPath(text: "\(text)[\(name)]") }
}

extension FieldPath: CustomStringConvertible {
    public var description: String { text }
}
