import KubeModel
import Manifest

/// Reads the objects of manifest files.
enum ManifestReader {
    /// The objects of a file, in order; `List` objects are taken apart, empty documents left out.
    ///
    /// - Throws: ``GitOpsError`` with code `invalidManifest`, with file, line and column.
    static func objects(in bytes: [UInt8], file: String) throws(GitOpsError) -> [Value] {
        let documents: [Value]
        do throws(ManifestError) {
            if file.hasSuffix(".json") {
                documents = [try JSON.parse(bytes)]
            } else {
                documents = try YAML.parse(bytes, options: YAML.ReadOptions(file: file))
            }
        } catch {
            throw GitOpsError(.invalidManifest, "\(file) cannot be read", cause: error)
        }
        var objects: [Value] = []
        for document in documents where !document.isNull {
            guard document.objectValue != nil else {
                throw GitOpsError(
                    .invalidManifest, "\(file) holds \(document.kindDescription) where an object is expected")
            }
            objects += flattened(document)
        }
        return objects
    }

    /// An object, or the items of a list object.
    static func flattened(_ object: Value) -> [Value] {
        guard object.kind.hasSuffix("List"), let items = object["items"]?.arrayValue else { return [object] }
        return items.flatMap { flattened($0) }
    }
}
