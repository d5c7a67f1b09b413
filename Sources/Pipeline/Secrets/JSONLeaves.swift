import Manifest

/// The texts within a secret that is a JSON document, such as a service account's key.
enum JSONLeaves {
    static func of(_ secret: [UInt8]) -> [[UInt8]] {
        guard let first = secret.first(where: { $0 > 0x20 }),
            first == UInt8(ascii: "{") || first == UInt8(ascii: "["),
            let value = try? JSON.parse(secret)
        else { return [] }
        var leaves: [[UInt8]] = []
        collect(value, into: &leaves)
        return leaves
    }

    private static func collect(_ value: Value, into leaves: inout [[UInt8]]) {
        if let text = value.stringValue {
            leaves.append(Array(text.utf8))
            for line in text.split(whereSeparator: \.isNewline) { leaves.append(Array(line.utf8)) }
        }
        for item in value.arrayValue ?? [] { collect(item, into: &leaves) }
        for pair in value.objectValue ?? [:] { collect(pair.value, into: &leaves) }
    }
}
