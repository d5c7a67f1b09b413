import KubeModel
import Manifest

/// Writes watch events in the shape a client asked for, one JSON document a line.
struct WatchEventEncoder: Sendable {
    let renderer: ObjectRenderer
    let shape: AnswerForm.Shape
    let tables: TableRenderer
    let include: TableRenderer.IncludeObject
    /// Only the first table of a watch names its columns.
    private var hasSentColumns = false

    init(
        renderer: ObjectRenderer, shape: AnswerForm.Shape, tables: TableRenderer,
        include: TableRenderer.IncludeObject
    ) {
        self.renderer = renderer
        self.shape = shape
        self.tables = tables
        self.include = include
    }

    /// Appends the event of one object.
    mutating func append(
        _ kind: ChangeEvent.Kind, _ object: StoredObject, to chunk: inout [UInt8]
    ) throws(APIError) {
        open(kind.rawValue, in: &chunk)
        switch shape {
        case .object: try renderer.append(object, to: &chunk)
        case .partialMetadata:
            chunk += JSON.write(PartialMetadata.object(try renderer.value(object)))
        case .table:
            let metadata: Value = ["resourceVersion": .string(String(object.revision))]
            let table = tables.table(
                of: [try renderer.value(object)], resource: renderer.resource, metadata: metadata,
                include: include, hasColumns: !hasSentColumns)
            hasSentColumns = true
            chunk += JSON.write(table)
        }
        close(&chunk)
    }

    /// Appends a bookmark: everything up to and with the revision has been sent.
    mutating func appendBookmark(revision: UInt64, isInitialEnd: Bool = false, to chunk: inout [UInt8]) {
        var metadata: Object = ["resourceVersion": .string(String(revision))]
        if isInitialEnd { metadata["annotations"] = ["k8s.io/initial-events-end": "true"] }
        let object: Value = [
            "kind": .string(renderer.resource.kind.kind), "apiVersion": .string(renderer.resource.apiVersion),
            "metadata": .object(metadata),
        ]
        open("BOOKMARK", in: &chunk)
        switch shape {
        case .object: chunk += JSON.write(object)
        case .partialMetadata: chunk += JSON.write(PartialMetadata.object(object))
        case .table:
            let table = tables.table(
                of: [object], resource: renderer.resource,
                metadata: ["resourceVersion": .string(String(revision))], include: include,
                hasColumns: !hasSentColumns)
            hasSentColumns = true
            chunk += JSON.write(table)
        }
        close(&chunk)
    }

    /// Appends the failure that ends the watch.
    func appendError(_ error: APIError, to chunk: inout [UInt8]) {
        open("ERROR", in: &chunk)
        chunk += JSON.write(error.status.value)
        close(&chunk)
    }

    private func open(_ type: String, in chunk: inout [UInt8]) {
        chunk += "{\"type\":\"\(type)\",\"object\":".utf8
    }

    private func close(_ chunk: inout [UInt8]) { chunk += "}\n".utf8 }
}
