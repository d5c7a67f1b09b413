import KubeModel
import Manifest
import Testing

/// Selectors against what a Kubernetes API server answered to them.
struct RecordedSelectorTests {
    @Test func `selectors choose what the server chose`() throws {
        let conversation = try Conversation("selectors-and-pages")
        let created = conversation.steps.filter { $0.method == "POST" && $0.answer.kind == "ConfigMap" }.map(
            \.answer)
        let kind = GroupVersionKind(apiVersion: "v1", kind: "ConfigMap")
        var replayed = 0
        for step in conversation.steps where step.method == "GET" {
            guard let query = step.path.split(separator: "?").last, query.contains("Selector=") else {
                continue
            }
            let parts = query.split(separator: "=", maxSplits: 1).map { Self.decoded($0) }
            replayed += 1
            do throws(KubeModelError) {
                let chosen: [Value]
                if parts[0] == "labelSelector" {
                    let selector = try LabelSelector(parsing: parts[1])
                    chosen = created.filter { selector.matches($0.metadata.labels) }
                } else {
                    let selector = try SelectableFields.builtin(kind).resolve(
                        FieldSelector(parsing: parts[1]))
                    chosen = created.filter { selector.matches($0) }
                }
                let answered = step.answer["items"]?.arrayValue ?? []
                // Every namespace has a map of the cluster's root certificate.
                let expected = answered.map(\.metadata.name).filter { $0 != "kube-root-ca.crt" }
                #expect(chosen.map(\.metadata.name) == expected, "\(query)")
            } catch {
                #expect(error.apiError.status.value == step.answer)
            }
        }
        #expect(replayed == 7)
    }

    private static func decoded(_ text: Substring) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"),
                let code = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            {
                bytes.append(code)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
