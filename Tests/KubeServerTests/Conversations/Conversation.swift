import Foundation
import KubeModel
import Manifest
import Testing

/// A recorded conversation with a Kubernetes API server: requests, and what was answered.
struct Conversation: Sendable, CustomTestStringConvertible {
    struct Step: Sendable {
        let request: Value
        let status: Int
        let body: Value
        let warning: String?
        /// Keys and dotted paths that are not compared.
        let ignored: Set<String>
        /// Names under which values of the answer are kept for later requests.
        let saved: Object
        /// Whether the step only prepares the ground and is not judged.
        let isSetup: Bool
    }

    let name: String
    let steps: [Step]

    var testDescription: String { name }

    /// The conversation in a file.
    init(contentsOf path: String) throws {
        let data = try Data(contentsOf: URL(fileURLWithPath: path))
        let document = try JSON.parse([UInt8](data))
        name = document["name"]?.stringValue ?? path
        steps = (document["steps"]?.arrayValue ?? []).map { step in
            Step(
                request: step["request"] ?? .emptyObject,
                status: Int(step["response"]?["status"]?.integerValue ?? 0),
                body: step["response"]?["body"] ?? .null, warning: step["response"]?["warning"]?.stringValue,
                ignored: Set((step["ignore"]?.arrayValue ?? []).compactMap(\.stringValue)),
                saved: step["save"]?.objectValue ?? Object(), isSetup: step["setup"]?.boolValue ?? false)
        }
    }

    /// Every conversation in the folder of vectors.
    static let all: [Conversation] = {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Vectors").path
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return files.sorted().filter { $0.hasSuffix(".json") }
            .compactMap { try? Conversation(contentsOf: "\(folder)/\($0)") }
    }()
}
