import KubeModel
import Manifest

/// The hash that names a pod template: the value of the label `pod-template-hash` and the end of the ReplicaSet's name.
///
/// Made as Kubernetes makes it (32-bit FNV-1a, spelled without vowels), but over the template's canonical JSON, as Go's
/// print of its own structs is nothing others can follow. Nothing depends on the number itself.
enum TemplateHash {
    /// - Parameter collisions: `status.collisionCount`, which makes another hash of the same template.
    static func of(_ template: Value, collisions: Int?) -> String {
        var hash: UInt32 = 2_166_136_261
        func mix(_ bytes: some Sequence<UInt8>) {
            for byte in bytes { hash = (hash ^ UInt32(byte)) &* 16_777_619 }
        }
        mix(JSON.write(sorted(template)))
        if let collisions, collisions > 0 {
            mix((0..<8).map { UInt8(truncatingIfNeeded: collisions >> ($0 * 8)) })
        }
        return String(String(hash).utf8.map { alphabet[Int($0) % alphabet.count] })
    }

    /// Consonants and digits of which no word can be made (`rand.SafeEncodeString`).
    private static let alphabet = Array("bcdfghjklmnpqrstvwxz2456789")

    private static func sorted(_ value: Value) -> Value {
        switch value {
        case .object(let object):
            var sorted = object.mapValues(Self.sorted)
            sorted.sortKeys()
            return .object(sorted)
        case .array(let items): return .array(items.map(Self.sorted))
        default: return value
        }
    }

    /// Whether two templates differ in nothing but the hash label.
    static func isSame(_ left: Value, _ right: Value) -> Bool { bare(left) == bare(right) }

    /// A template without the label and without fields that say nothing.
    static func bare(_ template: Value) -> Value {
        var template = template
        guard var metadata = template["metadata"]?.objectValue else { return template }
        if metadata["creationTimestamp"]?.isNull == true { metadata["creationTimestamp"] = nil }
        if var labels = metadata["labels"]?.objectValue {
            labels[DeploymentAnnotations.hashLabel] = nil
            metadata["labels"] = labels.isEmpty ? nil : .object(labels)
        }
        template["metadata"] = metadata.isEmpty ? nil : .object(metadata)
        return template
    }
}
