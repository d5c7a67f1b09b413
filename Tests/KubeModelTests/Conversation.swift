import KubeModel
import Manifest

/// A recorded conversation with a Kubernetes API server.
struct Conversation {
    struct Step {
        let method: String
        let path: String
        let contentType: String?
        let body: Value
        let status: Int
        let answer: Value
    }

    let steps: [Step]

    /// Reads a recording from the test target's `Vectors`.
    init(_ name: String) throws {
        let document = try JSON.parse(try Vectors.bytes("\(name).json"))
        steps = (document["steps"]?.arrayValue ?? []).map { step in
            Step(
                method: step["request", "method"]?.stringValue ?? "",
                path: step["request", "path"]?.stringValue ?? "",
                contentType: step["request", "contentType"]?.stringValue,
                body: step["request", "body"] ?? .null,
                status: Int(step["response", "status"]?.integerValue ?? 0),
                answer: step["response", "body"] ?? .null)
        }
    }

    /// The last object answered under `path` before the step at `index`.
    func object(at path: String, before index: Int) -> Value? {
        let parent = path.split(separator: "/").dropLast().joined(separator: "/")
        let name = path.split(separator: "/").last.map(String.init)
        return steps[..<index].last { step in
            step.status < 300 && (step.path == path || step.path == "/" + parent)
                && step.answer.metadata.name == name
        }?.answer
    }
}

extension Value {
    /// Whether all that stands here stands there too, lists item by item; the server adds defaults to objects.
    func isContained(in other: Value) -> Bool {
        switch (self, other) {
        case (.object(let mine), .object(let theirs)):
            mine.allSatisfy { pair in theirs[pair.key].map { pair.value.isContained(in: $0) } ?? false }
        case (.array(let mine), .array(let theirs)):
            mine.count == theirs.count && zip(mine, theirs).allSatisfy { $0.isContained(in: $1) }
        default: self == other
        }
    }
}
