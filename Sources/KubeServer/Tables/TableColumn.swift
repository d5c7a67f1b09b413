import KubeModel
import Manifest

/// A column of a table: its head as clients see it, and how an object's cell comes about.
struct TableColumn: Sendable {
    /// Makes an object's cell; the second argument is the current time.
    typealias Cell = @Sendable (_ object: Value, _ now: Timestamp) -> Value

    let name: String
    let type: String
    let format: String
    let description: String
    /// 0 for what is always shown, 1 for what `-o wide` adds.
    let priority: Int
    let cell: Cell

    init(
        _ name: String, type: String = "string", format: String = "", description: String = "",
        priority: Int = 0, cell: @escaping Cell
    ) {
        self.name = name
        self.type = type
        self.format = format
        self.description = description
        self.priority = priority
        self.cell = cell
    }

    /// The column as it stands in a table.
    var definition: Value {
        [
            "name": .string(name), "type": .string(type), "format": .string(format),
            "description": .string(description), "priority": .integer(Int64(priority)),
        ]
    }
}

extension TableColumn {
    /// A column of text.
    static func text(
        _ name: String, priority: Int = 0, _ cell: @escaping @Sendable (Value) -> String
    ) -> TableColumn {
        TableColumn(name, priority: priority) { object, _ in .string(cell(object)) }
    }

    /// A column of text that only `-o wide` shows.
    static func wide(_ name: String, _ cell: @escaping @Sendable (Value) -> String) -> TableColumn {
        text(name, priority: 1, cell)
    }

    /// A column of whole numbers; upstream declares some of them as text.
    static func count(
        _ name: String, type: String = "integer", _ cell: @escaping @Sendable (Value) -> Int64
    ) -> TableColumn {
        TableColumn(name, type: type) { object, _ in .integer(cell(object)) }
    }

    /// The object's name, which clients use as the row's key.
    static let name = TableColumn("Name", format: "name", description: FieldDescription.name) { object, _ in
        .string(object.metadata.name)
    }

    /// How long ago the object was created.
    static let age = TableColumn("Age", description: FieldDescription.creationTimestamp) { object, now in
        .string(Age.text(since: object.metadata.creationTimestamp, now: now))
    }

    /// When the object was created, as kinds without columns of their own show it.
    static let createdAt = TableColumn(
        "Created At", type: "date", description: FieldDescription.creationTimestamp
    ) { object, _ in
        .string(object.metadata.creationTimestamp?.wholeSeconds.rfc3339 ?? "<unknown>")
    }
}

/// What the API's own documentation says of the fields that every object has; tables carry it.
enum FieldDescription {
    static let name =
        "Name must be unique within a namespace. Is required when creating resources, although some resources may "
        + "allow a client to request the generation of an appropriate name automatically. Name is primarily intended "
        + "for creation idempotence and configuration definition. Cannot be updated. More info: "
        + "https://kubernetes.io/docs/concepts/overview/working-with-objects/names#names"
    static let creationTimestamp =
        "CreationTimestamp is a timestamp representing the server time when this object was created. It is not "
        + "guaranteed to be set in happens-before order across separate operations. Clients may not set this value. "
        + "It is represented in RFC3339 form and is in UTC.\n\nPopulated by the system. Read-only. Null for lists. "
        + "More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#metadata"
}
