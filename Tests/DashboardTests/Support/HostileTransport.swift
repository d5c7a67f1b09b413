import KubeModel
import Manifest
import Synchronization

/// Carries requests to an API whose answers hold texts that somebody has put there to do harm.
///
/// It changes answers on their way, and not objects: what validation keeps out today is tried as well.
struct HostileTransport: APITransport {
    /// Which texts of objects are changed.
    enum Reach: String, Sendable, CaseIterable {
        /// Those that people write: titles, messages, names of steps and metrics.
        case written
        /// All that nothing else is found by: phases, digests, times, images and annotations too.
        case everything
    }

    let base: any APITransport
    let reach: Reach
    let text: String

    /// What opens tags, ends attributes, and is a link that is a script. None of it is a character of JSON's own.
    static let markup = "<script>window.pwned=1</script>'\"><img src=x onerror=window.pwned=1>{{{page}}}"

    func send(_ request: APIRequest) async throws -> APIResponse {
        var response = try await base.send(request)
        switch response.body {
        case .bytes(let bytes): response.body = .bytes(changed(bytes))
        case .stream(let stream): response.body = .stream(map(stream))
        }
        return response
    }

    private func map(
        _ stream: some AsyncSequence<[UInt8], any Error> & Sendable
    ) -> any AsyncSequence<[UInt8], any Error> & Sendable {
        // The server sends whole lines, an event each.
        stream.map { chunk in
            chunk.split(separator: 0x0a).flatMap { changed(Array($0)) + [0x0a] }
        }
    }

    private func changed(_ bytes: [UInt8]) -> [UInt8] {
        guard let value = try? JSON.parse(bytes) else { return bytes }
        return JSON.write(answer(value))
    }

    private func answer(_ value: Value) -> Value {
        var value = value
        if let items = value["items"]?.arrayValue {
            value["items"] = .array(items.map(object))
        } else if let inner = value["object"] {
            value["object"] = object(inner)
        } else {
            value = object(value)
        }
        return value
    }

    // MARK: Objects

    private static let written: Set<String> = [
        "title", "body", "message", "author", "pusher", "stopTheLine", "rule", "reason", "description", "by",
        "username", "user", "lane", "cloneURL", "repoURL", "path", "project", "identity", "issuer", "comment",
        "trust", "tag", "closedReason", "revision", "runs", "approvedBy",
    ]

    /// What pages find objects by.
    private static let kept: Set<String> = [
        "apiVersion", "kind", "name", "namespace", "uid", "commit", "head", "repository", "service",
        "environment", "release", "digest", "image", "currentPodHash", "stableRS", "state", "group",
        "resource", "version",
    ]

    /// The lists whose entries have names that people give.
    private static let named: Set<String> = ["gates", "steps", "lanes", "metricResults", "containerStatuses"]

    private func object(_ object: Value) -> Value {
        guard case .object(let fields) = object else { return object }
        var output = Object()
        for pair in fields {
            let (key, value) = (pair.key, pair.value)
            if key == "metadata" {
                output[key] = metadata(value)
            } else if key == "data" {
                output[key] = record(value)
            } else {
                output[key] = changed(value, key, in: "")
            }
        }
        return .object(output)
    }

    private func metadata(_ metadata: Value) -> Value {
        guard reach == .everything, let annotations = metadata["annotations"]?.objectValue else {
            return metadata
        }
        var metadata = metadata
        for pair in annotations {
            let (key, value) = (pair.key, pair.value)
            metadata["annotations", key] = .string((value.stringValue ?? "") + text)
        }
        return metadata
    }

    /// A judge's record, whose metrics have names that people give.
    private func record(_ data: Value) -> Value {
        guard case .object(let fields) = data else { return data }
        var output = Object()
        for pair in fields {
            let (key, value) = (pair.key, pair.value)
            let name = JSON.string(.string("errors" + text))
            output[key] = .string((value.stringValue ?? "").replacing("\"errors\"", with: name))
        }
        return .object(output)
    }

    private func changed(_ value: Value, _ key: String, in list: String) -> Value {
        switch value {
        case .object(let fields):
            var output = Object()
            for field in fields { output[field.key] = changed(field.value, field.key, in: list) }
            return .object(output)
        case .array(let items): return .array(items.map { changed($0, key, in: key) })
        case .string(let old): return changes(key, in: list) ? .string(old + text) : value
        default: return value
        }
    }

    private func changes(_ key: String, in list: String) -> Bool {
        if key == "name" { return Self.named.contains(list) }
        return reach == .everything ? !Self.kept.contains(key) : Self.written.contains(key)
    }
}
