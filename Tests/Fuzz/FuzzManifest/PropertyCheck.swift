import Manifest

/// What must hold for one document, well-formed or not.
struct PropertyCheck {
    enum Outcome: Equatable {
        case accepted
        case refused
        case failed(String)
    }

    let document: [UInt8]
    let target: Options.Target

    func run() -> Outcome {
        switch target {
        case .yaml: checkYAML()
        case .json: checkJSON()
        case .edit: checkEdit()
        }
    }

    private func checkYAML() -> Outcome {
        let stream: YAMLStream
        do throws(ManifestError) { stream = try YAMLStream(document) } catch { return refusal(error) }
        guard stream.bytes == document else { return .failed("printing gives other bytes") }
        for parsed in stream.documents {
            if let fault = checkSpans(of: parsed.root, within: parsed.span) { return .failed(fault) }
            do throws(ManifestError) {
                let value = try parsed.value()
                guard try JSON.parse(JSON.write(value)) == value else {
                    return .failed("JSON changes the value")
                }
                guard try YAML.parse(YAML.write(value)) == [value] else {
                    return .failed("writing changes it")
                }
                guard try YAML.parse(JSON.write(value)) == [value] else { return .failed("JSON is no YAML") }
            } catch {
                if case .failed(let fault) = refusal(error) { return .failed(fault) }
            }
        }
        return .accepted
    }

    /// Children lie inside their parent, in order.
    private func checkSpans(of root: YAMLNode, within span: Range<Int>) -> String? {
        var pending = [(root, span)]
        while let (node, outer) = pending.popLast() {
            guard outer.lowerBound <= node.span.lowerBound, node.span.upperBound <= outer.upperBound else {
                return "a node at \(node.span) lies outside of \(outer)"
            }
            let children = node.items + node.entries.flatMap { [$0.key, $0.value] }
            for (left, right) in zip(children, children.dropFirst())
            where left.span.upperBound > right.outerStart {
                return "the nodes at \(left.span) and \(right.span) overlap"
            }
            pending += children.map { ($0, node.span) }
        }
        return nil
    }

    private func checkJSON() -> Outcome {
        do throws(ManifestError) {
            let value = try JSON.parse(document)
            let text = JSON.write(value)
            guard try JSON.parse(text) == value, JSON.write(try JSON.parse(text)) == text else {
                return .failed("writing changes the value")
            }
            return .accepted
        } catch {
            return refusal(error)
        }
    }

    /// A refusal has a message and a place inside the document.
    private func refusal(_ error: ManifestError) -> Outcome {
        guard let position = error.position else { return .failed("no position: \(error)") }
        guard position.offset <= document.count, position.line > 0, position.column > 0,
            !error.message.isEmpty
        else { return .failed("odd position: \(error)") }
        return .refused
    }
}
