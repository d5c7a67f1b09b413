extension YAMLEditor {
    /// Removes the entry or the item at a path, with its comments: behind it, and right above it in its column.
    ///
    /// The last entry of a mapping leaves `{}`, the last item of a list `[]`.
    ///
    /// - Parameter document: the index of the document in the stream.
    /// - Throws: `ManifestError` with code `notFound`, or `notEditable` with the place and the reason.
    public mutating func remove(_ path: YAMLPath, document: Int = 0) throws(ManifestError) {
        let location = try location(path, document: document)
        guard let holder = location.holder else {
            throw refusal("the root of a document cannot be removed", location.node)
        }
        guard !holder.node.isPair else {
            throw refusal(
                "an entry without braces in a list cannot be removed; remove the item", location.node)
        }
        let edits =
            holder.node.style == .flow
            ? removeFromFlow(holder.node, at: holder.place)
            : removeFromBlock(holder, in: location)
        plan(edits, .removed(container: holder.node.index, place: holder.place))
    }

    // MARK: By indentation

    private func removeFromBlock(_ holder: YAMLLocation.Turn, in location: YAMLLocation) -> [YAMLEdit] {
        let node = holder.node
        let ranges = node.elementRanges
        let range = ranges[holder.place]
        let column = node.entryColumn ?? 0
        let isFirstOnLine = lines.isFirst(range.lowerBound)
        if ranges.count == 1 {
            let empty = node.kind == .mapping ? "{}" : "[]"
            return removeOnly(range, of: node, leaving: empty, isRoot: location.trail.count == 1)
        }
        guard isFirstOnLine else {
            // The first behind a dash: what follows takes its place.
            let next = lines.next(after: range.upperBound)
            let end = firstText(from: next, to: ranges[holder.place + 1].lowerBound)
            return [YAMLEdit(range.lowerBound..<end, "")]
        }
        let start = lines.startOfLeadComments(above: lines.start(of: range.lowerBound), column: column)
        return [YAMLEdit(wholeLines(from: start, to: range.upperBound), "")]
    }

    /// From a line start to the end of the line of an offset, with one line break: the one behind, or where the
    /// text ends without any, the one before.
    private func wholeLines(from start: Int, to offset: Int) -> Range<Int> {
        let lineEnd = lines.end(of: offset)
        if lineEnd < stream.bytes.count { return start..<lines.next(after: offset) }
        return lines.endOfPrevious(lineStart: start)..<lineEnd
    }

    /// The first byte that is no blank in the lines up to an offset.
    private func firstText(from start: Int, to end: Int) -> Int {
        var place = start
        while place < end, Ascii.isWhite(stream.bytes[place]) || Ascii.isBreak(stream.bytes[place]) {
            place += 1
        }
        return place
    }

    private func removeOnly(
        _ range: Range<Int>, of node: YAMLNode, leaving empty: String, isRoot: Bool
    ) -> [YAMLEdit] {
        let start = lines.start(of: range.lowerBound)
        let top = lines.startOfLeadComments(above: start, column: node.entryColumn ?? 0)
        let isBelow = !isRoot && lines.end(of: node.contentStart) < range.lowerBound
        if isBelow {
            let place = node.contentStart
            return [
                YAMLEdit(place..<place, " " + empty),
                YAMLEdit(wholeLines(from: top, to: range.upperBound), ""),
            ]
        }
        let from = isRoot && lines.isFirst(range.lowerBound) ? top : range.lowerBound
        return [YAMLEdit(from..<lines.end(of: range.upperBound), empty)]
    }

    // MARK: Between brackets

    private func removeFromFlow(_ node: YAMLNode, at place: Int) -> [YAMLEdit] {
        let ranges = node.elementRanges
        let range = ranges[place]
        let comma = comma(behind: range.upperBound)
        if standsAlone(range, comma: comma) {
            return removeLine(of: range, comma: comma, behind: place > 0 ? ranges[place - 1] : nil)
        }
        if let next = ranges.dropFirst(place + 1).first {
            return [YAMLEdit(range.lowerBound..<next.lowerBound, "")]
        }
        if place > 0 {
            return [YAMLEdit(ranges[place - 1].upperBound..<range.upperBound, "")]
        }
        let inside = node.span.lowerBound + 1..<node.span.upperBound - 1
        if !lines.hasComment(in: inside) { return [YAMLEdit(inside, "")] }
        return [YAMLEdit(range.lowerBound..<(comma.map { $0 + 1 } ?? range.upperBound), "")]
    }

    /// The offset of the comma behind an element, nil where none follows on its line.
    private func comma(behind end: Int) -> Int? {
        let place = lines.withoutBlanks(after: end)
        return place < stream.bytes.count && stream.bytes[place] == Ascii.comma ? place : nil
    }

    /// Whether an element has its lines to itself, but for its comma and its comment.
    private func standsAlone(_ range: Range<Int>, comma: Int?) -> Bool {
        let behind = lines.withoutBlanks(after: comma.map { $0 + 1 } ?? range.upperBound)
        let isLast =
            behind >= stream.bytes.count || Ascii.isBreak(stream.bytes[behind])
            || stream.bytes[behind] == Ascii.hash
        return isLast && lines.isFirst(range.lowerBound)
    }

    private func removeLine(of range: Range<Int>, comma: Int?, behind previous: Range<Int>?) -> [YAMLEdit] {
        let start = lines.start(of: range.lowerBound)
        let top = lines.startOfLeadComments(above: start, column: range.lowerBound - start)
        var edits = [YAMLEdit(wholeLines(from: top, to: range.upperBound), "")]
        // The comma that announced the element goes with it.
        if comma == nil, let previous, let announcing = self.comma(behind: previous.upperBound) {
            edits.insert(YAMLEdit(announcing..<announcing + 1, ""), at: 0)
        }
        return edits
    }
}
