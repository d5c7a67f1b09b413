/// The messages of ``ProtobufFields`` by name, each read when it is first asked for.
struct ProtobufMessages: Sendable {
    /// A field of a message.
    struct Field: Sendable {
        let name: String
        let shape: Shape
        let kind: Kind
    }

    enum Shape: Sendable { case single, list, map, inline }

    enum Kind: Sendable, Hashable {
        case text, integer, flag, bytes, double
        case message(String)
    }

    /// The fields of a message by number.
    typealias Fields = [Int: Field]

    /// The messages of Kubernetes' own API.
    static let builtin = ProtobufMessages(ProtobufFields.text.description)

    private let messages: [String: Fields]

    private init(_ text: String) {
        var messages: [String: Fields] = [:]
        var name = ""
        for line in text.split(separator: "\n") {
            guard line.hasPrefix(" ") else {
                name = String(line)
                messages[name] = [:]
                continue
            }
            let words = line.split(separator: " ")
            guard words.count == 3, let number = Int(words[0]) else { continue }
            messages[name]?[number] = Field(name: String(words[1]), words[2])
        }
        self.messages = messages
    }

    /// The fields of a message, nil where it is unknown.
    subscript(message: String) -> Fields? { messages[message] }
}

extension ProtobufMessages.Field {
    fileprivate init(name: String, _ text: Substring) {
        let shapes: [Character: ProtobufMessages.Shape] = ["*": .list, "%": .map, "^": .inline]
        let shape = text.first.flatMap { shapes[$0] }
        let kind = shape == nil ? text : text.dropFirst()
        let scalars: [Substring: ProtobufMessages.Kind] = [
            "s": .text, "i": .integer, "b": .flag, "y": .bytes, "d": .double,
        ]
        self.init(name: name, shape: shape ?? .single, kind: scalars[kind] ?? .message(String(kind)))
    }
}
