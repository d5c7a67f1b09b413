// Entries of mappings and items of lists as text: where a new one goes, and in which shape.
extension YAMLEditor {
    /// What is added to a collection.
    enum Element {
        case entry(String, Value)
        case item(Value)

        var key: String? {
            if case .entry(let key, _) = self { key } else { nil }
        }

        var value: Value {
            switch self {
            case .entry(_, let value), .item(let value): value
            }
        }
    }

    mutating func insertElement(
        _ element: Element, at place: Int, of location: YAMLLocation
    ) throws(ManifestError) {
        let node = location.node
        guard !node.isPair else {
            throw refusal("an entry without braces in a list has no room for another", node)
        }
        // Spelled as a child of the collection, so the collection itself is the nearest of the trail.
        let spelling = YAMLSpelling(
            location: location.entering(place: place), root: root(of: location), lines: lines)
        let edits =
            node.style == .flow
            ? insertInFlow(element, at: place, of: node, spelling)
            : try insertInBlock(element, at: place, of: node, spelling)
        plan(
            edits, .inserted(container: node.index, place: place, key: element.key, element.value))
    }

    func root(of location: YAMLLocation) -> YAMLNode {
        location.trail.first?.node ?? location.node
    }

    // MARK: By indentation

    private func insertInBlock(
        _ element: Element, at place: Int, of node: YAMLNode, _ spelling: YAMLSpelling
    ) throws(ManifestError) -> [YAMLEdit] {
        let ranges = node.elementRanges
        guard let column = node.entryColumn, let first = ranges.first else {
            throw refusal("the collection has no entry to stand beside", node)
        }
        let indentation = String(repeating: " ", count: column)
        let lineBreak = String(decoding: lines.lineBreak, as: UTF8.self)
        func text(endingAt end: Int?) -> String {
            switch element {
            case .entry(let key, let value):
                return spelling.entry(key, value, column: column, endingAt: end)
            case .item(let value):
                return spelling.item(value, column: column, gap: gap(of: node), endingAt: end)
            }
        }
        if place > 0 {
            let end = lines.end(of: ranges[place - 1].upperBound)
            return [YAMLEdit(end..<end, lineBreak + indentation + text(endingAt: end))]
        }
        guard lines.isFirst(first.lowerBound) else {
            // Behind a dash: the new entry takes the line, the old one moves below.
            let start = first.lowerBound
            return [YAMLEdit(start..<start, text(endingAt: nil) + lineBreak + indentation)]
        }
        let start = lines.startOfLeadComments(above: lines.start(of: first.lowerBound), column: column)
        return [YAMLEdit(start..<start, indentation + text(endingAt: nil) + lineBreak)]
    }

    /// From a dash to the content behind it, as the items present have it.
    private func gap(of sequence: YAMLNode) -> Int {
        for item in sequence.items {
            guard let dash = item.indicatorOffset, !item.isEmpty else { continue }
            let gap = item.outerStart - dash
            if gap > 1, lines.isBlank(dash + 1..<item.outerStart) { return gap }
        }
        return 2
    }

    // MARK: Between brackets

    private func insertInFlow(
        _ element: Element, at place: Int, of node: YAMLNode, _ spelling: YAMLSpelling
    ) -> [YAMLEdit] {
        let ranges = node.elementRanges
        let text =
            switch element {
            case .entry(let key, let value): spelling.flowEntry(key, value)
            case .item(let value): spelling.flowItem(value)
            }
        guard !ranges.isEmpty else {
            let inside = node.span.lowerBound + 1
            return [YAMLEdit(inside..<inside, text)]
        }
        let hasOwnLines = ranges.allSatisfy { lines.isFirst($0.lowerBound) }
        guard hasOwnLines else {
            if place == 0 {
                let start = ranges[0].lowerBound
                return [YAMLEdit(start..<start, text + ", ")]
            }
            let end = ranges[place - 1].upperBound
            return [YAMLEdit(end..<end, ", " + text)]
        }
        let lineBreak = String(decoding: lines.lineBreak, as: UTF8.self)
        if place < ranges.count {
            let start = ranges[place].lowerBound
            let lineStart = lines.start(of: start)
            let indentation = String(decoding: stream.bytes[lineStart..<start], as: UTF8.self)
            let top = lines.startOfLeadComments(above: lineStart, column: start - lineStart)
            return [YAMLEdit(top..<top, indentation + text + "," + lineBreak)]
        }
        return appendOnOwnLine(text, behind: ranges[ranges.count - 1], lineBreak)
    }

    /// Adds the last element of a flow collection that has one element a line.
    private func appendOnOwnLine(_ text: String, behind last: Range<Int>, _ lineBreak: String) -> [YAMLEdit] {
        let lineStart = lines.start(of: last.lowerBound)
        let indentation = String(decoding: stream.bytes[lineStart..<last.lowerBound], as: UTF8.self)
        let lineEnd = lines.end(of: last.upperBound)
        let behind = lines.withoutBlanks(after: last.upperBound)
        if behind < stream.bytes.count, stream.bytes[behind] == Ascii.comma {
            return [YAMLEdit(lineEnd..<lineEnd, lineBreak + indentation + text + ",")]
        }
        let isBracket = behind < lineEnd && stream.bytes[behind] != Ascii.hash
        let place = isBracket ? last.upperBound : lineEnd
        return [
            YAMLEdit(last.upperBound..<last.upperBound, ","),
            YAMLEdit(place..<place, lineBreak + indentation + text),
        ]
    }
}
