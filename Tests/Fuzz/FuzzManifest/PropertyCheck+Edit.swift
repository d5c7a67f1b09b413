import Manifest

extension PropertyCheck {
    /// Replacing a scalar's bytes by the same bytes, or its node by another scalar, leaves the rest as it was.
    func checkEdit() -> Outcome {
        guard let stream = try? YAMLStream(document) else { return .refused }
        for parsed in stream.documents {
            for scalar in plainValues(of: parsed.root).prefix(20) {
                let changed =
                    document[..<scalar.span.lowerBound] + Array("\"edited\"".utf8)
                    + document[scalar.span.upperBound...]
                guard let twin = try? YAMLStream(Array(changed)) else {
                    return .failed("a scalar at \(scalar.span) cannot be replaced")
                }
                guard twin.documents.count == stream.documents.count,
                    twin.comments.count == stream.comments.count
                else { return .failed("replacing a scalar at \(scalar.span) changes other nodes") }
            }
        }
        return .accepted
    }

    /// Values of mappings that are written plain.
    private func plainValues(of root: YAMLNode) -> [YAMLNode] {
        var pending = [root]
        var found: [YAMLNode] = []
        while let node = pending.popLast() {
            pending += node.items
            for entry in node.entries {
                if entry.value.kind == .scalar, entry.value.style == .plain, !entry.value.isEmpty {
                    found.append(entry.value)
                }
                pending.append(entry.value)
            }
        }
        return found
    }
}
