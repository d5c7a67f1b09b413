import Foundation
import KubeModel
import Manifest

/// Plays a conversation against a server and tells where its answers differ from the recorded ones.
struct ConversationPlayer {
    let transport: any APITransport
    let token: String
    private var variables: [String: String] = [:]

    init(transport: any APITransport, token: String) {
        self.transport = transport
        self.token = token
    }

    /// An answer with a body as the recordings hold it: parsed JSON, the events of a watch, or text.
    struct Answer {
        var status: Int
        var body: Value
        var warning: String?
    }

    /// Plays all steps.
    ///
    /// - Returns: a line for each step whose answer differs.
    mutating func play(_ conversation: Conversation) async throws -> [String] {
        var faults: [String] = []
        for (index, step) in conversation.steps.enumerated() {
            let answer = try await play(step)
            let body = Normalization.normalize(Normalization.strip(answer.body, step.ignored))
            var fault =
                answer.status == step.status
                ? nil
                : "status: want \(step.status), got \(answer.status): \(JSON.string(answer.body).prefix(600))"
            fault =
                fault ?? Normalization.difference(Normalization.normalize(step.body, isRecorded: true), body)
            if let warning = step.warning, answer.warning != warning {
                fault = fault ?? "warning: want \(warning), got \(answer.warning ?? "none")"
            }
            if let fault, !step.isSetup {
                let request =
                    "\(step.request["method"]?.stringValue ?? "") \(step.request["path"]?.stringValue ?? "")"
                faults.append("step \(index) \(request)\n    \(fault)")
            }
        }
        return faults
    }

    private mutating func play(_ step: Conversation.Step) async throws -> Answer {
        let request = substitute(step.request)
        if let seconds = request["sleep"]?.doubleValue { try await Task.sleep(for: .seconds(seconds)) }
        let answer: Answer
        if let writes = request["during"]?.arrayValue {
            async let watched = send(request)
            // The watch must stand before the writes that it is to see.
            try await Task.sleep(for: .milliseconds(500))
            for write in writes { _ = try await send(write) }
            answer = try await watched
        } else {
            answer = try await send(request)
        }
        for pair in step.saved {
            var node: Value? = answer.body
            for key in (pair.value.stringValue ?? "").split(separator: ".") {
                node = Int(key).flatMap { node?[$0] } ?? node?[String(key)]
            }
            variables[pair.key] = node?.stringValue ?? node.map { JSON.string($0) } ?? "missing"
        }
        return answer
    }

    private func send(_ step: Value) async throws -> Answer {
        let target = step["path"]?.stringValue ?? "/"
        let mark = target.firstIndex(of: "?")
        var request = APIRequest(
            APIRequest.Method(rawValue: step["method"]?.stringValue ?? "") ?? .get,
            String(target[..<(mark ?? target.endIndex)]),
            query: mark.map { Self.parameters(target[target.index(after: $0)...]) } ?? [])
        request.headers["Accept"] = step["accept"]?.stringValue ?? "application/json"
        let token = step["token"]?.stringValue ?? token
        if !token.isEmpty { request.headers["Authorization"] = "Bearer \(token)" }
        if let body = step["body"], !body.isNull {
            request.body = body.stringValue.map { Array($0.utf8) } ?? JSON.write(body)
            request.headers["Content-Type"] = step["contentType"]?.stringValue ?? "application/json"
        }
        let response = try await transport.send(request)
        var bytes: [UInt8] = []
        switch response.body {
        case .bytes(let all): bytes = all
        case .stream(let chunks): for try await chunk in chunks { bytes += chunk }
        }
        let body: Value
        if step["watch"]?.boolValue == true {
            body = .array(try bytes.split(separator: UInt8(ascii: "\n")).map { try JSON.parse(Array($0)) })
        } else {
            body = (try? JSON.parse(bytes)) ?? .string(String(decoding: bytes, as: UTF8.self))
        }
        return Answer(status: response.status, body: body, warning: response.headers["warning"])
    }

    private static func parameters(_ query: Substring) -> [APIRequest.Parameter] {
        query.split(separator: "&").map { pair in
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                .map { $0.removingPercentEncoding ?? String($0) }
            return APIRequest.Parameter(parts[0], parts.count > 1 ? parts[1] : "")
        }
    }

    private func substitute(_ value: Value) -> Value {
        switch value {
        case .object(let object): return .object(object.mapValues(substitute))
        case .array(let items): return .array(items.map(substitute))
        case .string(var text):
            for (name, value) in variables { text = text.replacing("${\(name)}", with: value) }
            return .string(text)
        default: return value
        }
    }
}
