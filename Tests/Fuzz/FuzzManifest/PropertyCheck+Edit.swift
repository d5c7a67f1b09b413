import Manifest

extension PropertyCheck {
    /// A value that is set is there afterwards, and nothing else has changed; what cannot be set is refused.
    func checkEdit() -> Outcome {
        guard let stream = try? YAMLStream(document) else { return .refused }
        for (index, parsed) in stream.documents.enumerated() {
            for path in paths(in: parsed.root).prefix(8) {
                do throws(ManifestError) {
                    var editor = YAMLEditor(stream)
                    try editor.set(path, to: "edited", document: index)
                    let edits = editor.edits
                    let result = try editor.result()
                    guard try result.documents[index].node(at: path).value() == "edited" else {
                        return .failed("\(path) is not set")
                    }
                    guard let first = edits.first, let last = edits.last else { continue }
                    let tail = document.count - last.span.upperBound
                    guard result.bytes.starts(with: document[..<first.span.lowerBound]),
                        result.bytes.suffix(tail).elementsEqual(document.suffix(tail)),
                        result.documents.count == stream.documents.count
                    else { return .failed("setting \(path) changes other bytes") }
                } catch {
                    if error.message.isEmpty { return .failed("setting \(path) is refused without a word") }
                }
            }
        }
        return .accepted
    }

    /// The ways to the scalars of a document through keys that are text.
    private func paths(in root: YAMLNode) -> [YAMLPath] {
        var pending = [(root, YAMLPath())]
        var found: [YAMLPath] = []
        while let (node, path) = pending.popLast() {
            if node.kind == .scalar { found.append(path) }
            for (index, item) in node.items.enumerated() {
                pending.append((item, YAMLPath(steps: path.steps + [.index(index)])))
            }
            for entry in node.entries {
                guard case .string(let key)? = try? entry.key.value() else { continue }
                pending.append((entry.value, YAMLPath(steps: path.steps + [.key(key)])))
            }
        }
        return found
    }
}
