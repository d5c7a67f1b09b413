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
    ///   - metadata: the metadata of the list, or of the single object's table.
    ///   - hasColumns: false for the events of a watch after the first, which repeat no column.
    func table(
        of objects: [Value], resource: ResourceDefinition, metadata: Value, include: IncludeObject,
        hasColumns: Bool = true
    ) -> Value {
        var table: Object = ["kind": "Table", "apiVersion": "meta.k8s.io/v1", "metadata": metadata]
        table["columnDefinitions"] = .array([])
        table["rows"] = .array([])
        return .object(table)
    }
}
