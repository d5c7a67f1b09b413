import KubeModel
import Manifest

/// Objects between the forms of the store (bytes) and of the logic (values).
enum ObjectCoding {
    /// The bytes a write hands to the store.
    ///
    /// - Throws: an internal error where the value is no object with metadata, which validation rules out.
    static func draft(_ object: Value) throws(APIError) -> ObjectDraft {
        guard let draft = ObjectDraft(bytes: JSON.write(.object(arranged(object)))) else {
            throw .internalError("the object has no metadata")
        }
        return draft
    }

    /// The object a stored state stands for.
    ///
    /// - Throws: an internal error where the bytes are no JSON, which only a damaged database can hold.
    static func value(_ object: StoredObject) throws(APIError) -> Value {
        do throws(ManifestError) {
            return try JSON.parse(object.bytes)
        } catch {
            throw .internalError("cannot read the stored object \(object.path): \(error)")
        }
    }

    /// The object in the order the store demands, with an empty resource version for the store to fill in.
    private static func arranged(_ object: Value) -> Object {
        let fields = object.objectValue ?? Object()
        var arranged = Object(minimumCapacity: fields.count)
        arranged["kind"] = fields["kind"] ?? ""
        arranged["apiVersion"] = fields["apiVersion"] ?? ""
        var metadata = ObjectMetadata(fields["metadata"]?.objectValue ?? Object())
        metadata.fields["resourceVersion"] = nil
        let managedFields = metadata.fields.removeValue(forKey: "managedFields")
        let uid = metadata.fields.position(of: "uid").map { $0 + 1 } ?? metadata.fields.count
        metadata.fields.insert(key: "resourceVersion", value: "", at: uid)
        if let managedFields, managedFields.arrayValue?.isEmpty == false {
            metadata.fields["managedFields"] = managedFields
        }
        arranged["metadata"] = .object(metadata.fields)
        for pair in fields where !["kind", "apiVersion", "metadata"].contains(pair.key) {
            arranged[pair.key] = pair.value
        }
        return arranged
    }
}
