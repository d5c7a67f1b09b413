extension YAMLEditor {
    /// Replaces the value at a path.
    ///
    /// A scalar keeps its quotes or block style where the new text allows it, its anchor, tag and comment; a
    /// string that would read as another type is quoted. A list or mapping takes the style of what it replaces.
    ///
    /// - Parameter document: the index of the document in the stream.
    /// - Throws: `ManifestError` with code `notFound`, or `notEditable` with the place and the reason.
    public mutating func set(
        _ path: YAMLPath, to value: Value, document: Int = 0
    ) throws(ManifestError) {
        let location = try location(path, document: document)
        try replace(location, by: value)
    }

    mutating func replace(_ location: YAMLLocation, by value: Value) throws(ManifestError) {
        let node = location.node
        let spelling = YAMLSpelling(location: location, root: root(of: location), lines: lines)
        let edits: [YAMLEdit]
        if node.isBlockScalar {
            edits = replaceBlockScalar(location, by: value, spelling)
        } else if node.isBlockCollection {
            edits = replaceBlockCollection(location, by: value, spelling)
        } else {
            edits = try replaceInline(location, by: value, spelling)
        }
        plan(edits, .replaced(node: node.index, value))
    }

    /// Replaces what stands on the line of its key or dash: a scalar, an alias, a flow collection, nothing.
    private func replaceInline(
        _ location: YAMLLocation, by value: Value, _ spelling: YAMLSpelling
    ) throws(ManifestError) -> [YAMLEdit] {
        let node = location.node
        guard !location.isInFlow, node.style != .flow, let block = spelling.block(value, replacing: node)
        else {
            return [insertInline(spelling.inline(value, replacing: node), for: node)]
        }
        guard let column = spelling.parentColumn else {
            let text =
                block.head + (block.head.isEmpty ? spelling.inlineBlock(value, -2, for: node) : block.body)
            return [YAMLEdit(node.span, text)]
        }
        let start = node.isEmpty ? node.outerEnd : node.span.lowerBound
        let end = node.isEmpty ? start : node.span.upperBound
        let lineEnd = lines.end(of: end)
        if spelling.isItem, node.propertiesSpan == nil, lines.isBlank(end..<lineEnd), block.head.isEmpty {
            // A collection starts behind the dash, on its line.
            let text = spelling.inlineBlock(value, column, for: node)
            return [YAMLEdit(node.contentStart..<lineEnd, " " + text)]
        }
        // The block goes below the line, whose comment stays.
        let head = block.head.isEmpty ? "" : " " + block.head
        let from = lines.withoutBlanks(before: start)
        if from < node.contentStart { throw refusal("nothing may be written in front of this value", node) }
        return [
            YAMLEdit(from..<end, head),
            YAMLEdit(lineEnd..<lineEnd, block.body),
        ]
    }

    /// One edit that puts text in the place of a node on its line.
    private func insertInline(_ text: String, for node: YAMLNode) -> YAMLEdit {
        guard node.isEmpty else { return YAMLEdit(node.span, text) }
        let place =
            node.propertiesSpan?.upperBound ?? node.indicatorOffset.map { $0 + 1 } ?? node.span.upperBound
        // A key without a colon in a flow mapping, as in `{a, b}`.
        let colon = node.indicatorOffset == nil && node.propertiesSpan == nil && place > 0 ? ":" : ""
        return YAMLEdit(place..<place, colon + " " + text)
    }

    /// Replaces a `|` or `>` scalar; a comment behind its header stays.
    private func replaceBlockScalar(
        _ location: YAMLLocation, by value: Value, _ spelling: YAMLSpelling
    ) -> [YAMLEdit] {
        let node = location.node
        let headerEnd = headerEnd(of: node)
        let lineEnd = lines.end(of: headerEnd)
        let body = lineEnd..<Swift.max(lineEnd, node.span.upperBound)
        if case .string(let text) = value, let block = spelling.blockScalar(text, replacing: node) {
            let header = node.span.lowerBound..<headerEnd
            let isSameHeader = stream.bytes[header].elementsEqual(block.head.utf8)
            let edits = isSameHeader ? [] : [YAMLEdit(header, block.head)]
            return edits + [YAMLEdit(body, block.body)]
        }
        if let block = spelling.block(value, replacing: node), block.head.isEmpty {
            let start = lines.withoutBlanks(before: node.span.lowerBound)
            return [YAMLEdit(start..<headerEnd, ""), YAMLEdit(body, block.body)]
        }
        let inline = spelling.inline(value, replacing: node)
        return [YAMLEdit(node.span.lowerBound..<headerEnd, inline), YAMLEdit(body, "")]
    }

    /// The end of a block scalar's header: `|`, a digit, `+` or `-`.
    private func headerEnd(of node: YAMLNode) -> Int {
        var place = node.span.lowerBound + 1
        while place < stream.bytes.count, place < lines.end(of: place),
            !Ascii.isWhite(stream.bytes[place])
        {
            place += 1
        }
        return place
    }

    /// Replaces a collection written by indentation, with the comments inside it.
    private func replaceBlockCollection(
        _ location: YAMLLocation, by value: Value, _ spelling: YAMLSpelling
    ) -> [YAMLEdit] {
        let node = location.node
        let end = lines.end(of: node.span.upperBound)
        let column = node.entryColumn ?? 0
        let header = node.contentStart
        let isBelow = location.holder != nil && lines.end(of: header) < node.span.lowerBound
        if isBelow {
            let lineEnd = lines.end(of: header)
            if let block = spelling.block(value, replacing: node) {
                let edits = block.head.isEmpty ? [] : [YAMLEdit(header..<header, " " + block.head)]
                return edits + [YAMLEdit(lineEnd..<end, block.body)]
            }
            let inline = spelling.inline(value, replacing: node)
            return [YAMLEdit(header..<header, " " + inline), YAMLEdit(lineEnd..<end, "")]
        }
        if let block = spelling.block(value, replacing: node) {
            guard block.head.isEmpty else {
                return [YAMLEdit(node.span.lowerBound..<end, block.head + block.body)]
            }
            let text = spelling.inlineBlock(value, column - 2, for: node)
            return [YAMLEdit(node.span.lowerBound..<end, text)]
        }
        return [YAMLEdit(node.span.lowerBound..<end, spelling.inline(value, replacing: node))]
    }
}
