import Manifest

/// Puts a hash of their data behind the names of generated ConfigMaps and Secrets.
struct HashTransformer: Transformer {
    func transform(_ resources: ResourceMap) throws(KustomizeError) {
        for resource in resources.resources where resource.isEnabled(BuildAnnotation.needsHashSuffix) {
            let hash = try ContentHash.hash(of: resource)
            let old = resource.currentID.key
            try resource.storePreviousID()
            try resource.setName("\(resource.name)-\(hash)")
            resources.move(resource, from: old)
        }
    }
}

/// The hash of a resource's data that stands behind its name.
enum ContentHash {
    /// Ten characters that differ for different data. Names, labels and namespaces do not count.
    ///
    /// - Throws: `invalidResource` where the data is no JSON.
    static func hash(of resource: Resource) throws(KustomizeError) -> String {
        // Upstream looks the name up where it never is, so it counts as an empty text, and still does so that the
        // names of everybody's ConfigMaps stay as they are.
        var object: Object
        switch resource.kind {
        case "ConfigMap":
            object = ["data": try field("data", of: resource), "kind": "ConfigMap", "name": ""]
            let binary = try field("binaryData", of: resource)
            if binary.objectValue != nil { object["binaryData"] = binary }
        case "Secret":
            object = [
                "data": try field("data", of: resource), "kind": "Secret", "name": "",
                "type": try field("type", of: resource),
            ]
            let strings = try field("stringData", of: resource)
            if strings.objectValue != nil { object["stringData"] = strings }
        default:
            object = try resource.node.value().objectValue ?? Object()
        }
        let digest = SHA256.hexadecimal(Array(GoJSONText.string(.object(object)).utf8))
        return String(digest.prefix(10).map(encoded))
    }

    private static func field(_ name: String, of resource: Resource) throws(KustomizeError) -> Value {
        guard let node = resource.node.field(name) else { return "" }
        return node.kind == .scalar ? .string(node.text) : try node.value()
    }

    /// Digits and letters that could make words are replaced by others.
    private static func encoded(_ digit: Character) -> Character {
        switch digit {
        case "0": "g"
        case "1": "h"
        case "3": "k"
        case "a": "m"
        case "e": "t"
        default: digit
        }
    }
}
