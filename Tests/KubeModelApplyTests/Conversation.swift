import KubeModel
import Manifest
import Testing

/// A recorded conversation with a Kubernetes API server, to be played against the pure parts of writing.
struct Conversation: CustomTestStringConvertible {
    struct Step: CustomTestStringConvertible {
        let number: Int
        let method: String
        let path: String
        let query: [String: String]
        let contentType: String
        let body: Value?
        let status: Int
        let answer: Value

        var testDescription: String { "step \(number): \(method) \(path)" }

        /// The path of the object, whichever of its subresources is written to.
        var objectPath: String {
            for name in ["/status", "/scale"] where path.hasSuffix(name) {
                return String(path.dropLast(name.count))
            }
            if method == "POST" { return "\(path)/\(answer["metadata"]?["name"]?.stringValue ?? "")" }
            return path
        }

        var subresource: String {
            path.hasSuffix("/status") ? "status" : path.hasSuffix("/scale") ? "scale" : ""
        }
    }

    let name: String
    let steps: [Step]

    var testDescription: String { name }

    init(_ name: String) throws {
        self.name = name
        let document = try Vectors.json("\(name).json")
        steps = (document["steps"]?.arrayValue ?? []).enumerated().map { number, step in
            let request = step["request"] ?? .null
            let target = (request["path"]?.stringValue ?? "").split(separator: "?", maxSplits: 1)
            var query: [String: String] = [:]
            for parameter in target.dropFirst().first?.split(separator: "&") ?? [] {
                let parts = parameter.split(separator: "=", maxSplits: 1).map(String.init)
                query[parts[0]] = parts.count > 1 ? parts[1] : ""
            }
            return Step(
                number: number, method: request["method"]?.stringValue ?? "", path: String(target[0]),
                query: query, contentType: request["contentType"]?.stringValue ?? "", body: request["body"],
                status: step["response"]?["status"]?.integerValue.map(Int.init) ?? 0,
                answer: step["response"]?["body"] ?? .null)
        }
    }
}
