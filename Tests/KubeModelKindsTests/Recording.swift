import KubeModel
import Manifest
import Testing

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A recorded conversation with an API server, of which the creations can be replayed without one.
struct Recording {
    struct Step: Sendable, CustomTestStringConvertible {
        let name: String
        let method: String
        let path: String
        let contentType: String
        let request: Value
        let status: Int64
        let response: Value
        /// Fields that the recording declares to differ.
        let ignored: Set<String>

        var testDescription: String { "\(name): \(method) \(path)" }
    }

    /// The steps of a vector file.
    static func steps(_ name: String) -> [Step] {
        let path = #filePath.split(separator: "/").dropLast().joined(separator: "/")
        guard let bytes = read("/\(path)/Vectors/\(name).json"), let document = try? JSON.parse(bytes) else {
            return []
        }
        return (document["steps"]?.arrayValue ?? []).enumerated().map { place, step in
            Step(
                name: "\(name)[\(place)]", method: step["request"]?["method"]?.stringValue ?? "",
                path: step["request"]?["path"]?.stringValue ?? "",
                contentType: step["request"]?["contentType"]?.stringValue ?? step["contentType"]?.stringValue
                    ?? "",
                request: step["request"]?["body"] ?? .null,
                status: step["response"]?["status"]?.integerValue ?? 0,
                response: step["response"]?["body"] ?? .null,
                ignored: Set((step["ignore"]?.arrayValue ?? []).compactMap(\.stringValue)))
        }
    }

    private static func read(_ path: String) -> [UInt8]? {
        guard let file = fopen(path, "r") else { return nil }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65536)
        while true {
            let count = fread(&chunk, 1, chunk.count, file)
            if count == 0 { return bytes }
            bytes += chunk[..<count]
        }
    }
}

/// The metadata a server gives a new object, as the recordings mask it.
enum MaskedServer {
    static let uid = "0e8a2c9e-5b1d-4c0a-9d55-3f6a7d1c2b4e"
    static let time = "2026-05-04T03:02:01Z"
    static let address = "10.0.0.17"
    static let context = KindContext(allocateClusterIP: { address }, allocateNodePort: { 30000 })

    /// A document as the server would store it, or the faults it would answer.
    static func create(
        _ document: Value, namespace: String?
    ) throws -> (object: Value, errors: [FieldError], strategy: KindStrategy) {
        let kind = try #require(GroupVersionKind(document))
        let strategy = try #require(BuiltinKinds.strategy(for: kind))
        var object = try strategy.normalized(document)
        if let namespace { object.metadata.namespace = namespace }
        object.metadata.uid = uid
        object["metadata", default: .emptyObject]["creationTimestamp"] = .string(time)
        strategy.prepareForCreate(&object, context: context)
        return (object, strategy.validate(object), strategy)
    }

    /// The namespace in a request's path.
    static func namespace(in path: String) -> String? {
        let parts = path.split(separator: "/").map(String.init)
        guard let place = parts.firstIndex(of: "namespaces"), place + 2 < parts.count else { return nil }
        return parts[place + 1]
    }
}
