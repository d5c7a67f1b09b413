import KubeModel
import Manifest

/// Makes the tables that kubectl prints of objects.
struct TableRenderer: Sendable {
    /// What the rows of a table carry of their objects (the query parameter `includeObject`).
    enum IncludeObject: String, Sendable {
        case none = "None"
        case metadata = "Metadata"
        case object = "Object"
    }

    /// The current time, for ages.
    let now: @Sendable () -> Timestamp

    /// A `meta.k8s.io/v1` Table of objects.
    ///
    /// - Parameters:
    ///   - objects: the objects in order, in the version that was asked for.
    ///   - metadata: the metadata of the list; for one object, its `resourceVersion` alone.
    ///   - hasColumns: false for the events of a watch after the first, which repeat no column.
    func table(
        of objects: [Value], resource: ResourceDefinition, metadata: Value, include: IncludeObject,
        hasColumns: Bool = true
    ) -> Value {
        let printer = TablePrinter(for: resource)
        let time = now()
        return [
            "kind": "Table", "apiVersion": "meta.k8s.io/v1", "metadata": metadata,
            "columnDefinitions": .array(hasColumns ? printer.columns.map(\.definition) : []),
            "rows": .array(objects.map { row(of: $0, printer, include, now: time) }),
        ]
    }

    private func row(
        of object: Value, _ printer: TablePrinter, _ include: IncludeObject, now: Timestamp
    ) -> Value {
        var row: Object = ["cells": .array(printer.columns.map { $0.cell(object, now) })]
        let conditions = printer.conditions(object)
        if !conditions.isEmpty { row["conditions"] = .array(conditions) }
        switch include {
        case .none: row["object"] = .null
        case .metadata: row["object"] = Self.partialObject(object)
        case .object: row["object"] = object
        }
        return .object(row)
    }

    /// The object reduced to what every kind has.
    static func partialObject(_ object: Value) -> Value {
        [
            "kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1",
            "metadata": object["metadata"] ?? .emptyObject,
        ]
    }
}
