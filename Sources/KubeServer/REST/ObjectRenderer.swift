import KubeModel
import Manifest

/// Writes stored objects as the objects of one version of their resource, copying bytes wherever it can.
struct ObjectRenderer: Sendable {
    let resource: ResourceDefinition
    /// `{"kind":"Widget","apiVersion":"example.com/v1",`
    private let header: [UInt8]
    /// Whether the objects are stored under other field names than they are served with; only events are.
    private let isConverted: Bool

    init(_ resource: ResourceDefinition) {
        self.resource = resource
        header = Array(
            "{\"kind\":\"\(resource.kind.kind)\",\"apiVersion\":\"\(resource.apiVersion)\",".utf8)
        isConverted = resource.custom == nil && resource.storage.kind != resource.kind
    }

    /// Appends a whole object.
    func append(_ object: StoredObject, to bytes: inout [UInt8]) throws(APIError) {
        if isConverted {
            bytes += JSON.write(try value(object))
        } else {
            bytes += header
            bytes += object.bodyBytes
        }
    }

    /// Appends an object as an item of a list. Items of built-in kinds do not repeat their kind.
    func appendListItem(_ object: StoredObject, to bytes: inout [UInt8]) throws(APIError) {
        guard resource.custom == nil else { return try append(object, to: &bytes) }
        if isConverted {
            bytes += JSON.write(try listItem(object))
        } else {
            bytes.append(UInt8(ascii: "{"))
            bytes += object.bodyBytes
        }
    }

    /// An object as a value, in this version.
    func value(_ object: StoredObject) throws(APIError) -> Value {
        var value = try ObjectCoding.value(object)
        if isConverted { value = EventConversion.events(value) }
        value.kind = resource.kind.kind
        value.apiVersion = resource.apiVersion
        return value
    }

    /// An item of a list as a value.
    func listItem(_ object: StoredObject) throws(APIError) -> Value {
        var item = try value(object)
        if resource.custom == nil {
            item["kind"] = nil
            item["apiVersion"] = nil
        }
        return item
    }

    /// An object that a client sent, in the version it is stored in.
    func stored(_ object: Value) -> Value {
        isConverted ? EventConversion.core(object) : object
    }
}
