// Literal and folded scalars (YAML 1.2.2, chapter 8.1).
extension YAMLParser {
    /// Scans the block scalar whose `|` or `>` is at the position.
    ///
    /// - Parameter parent: the column of the collection it is in, -1 at the root.
    mutating func scanBlockScalar(parent: Int) throws(ManifestError) -> YAMLRecord {
        let start = position
        let style: YAMLNode.Style = current == Ascii.bar ? .literal : .folded
        var record = YAMLRecord(.scalar, style, start: start, end: start)
        let explicit = try scanBlockHeader(&record)
        let least = explicit > 0 ? Swift.max(parent, 0) + explicit : parent + 1
        record.end = Int32(truncatingIfNeeded: position)
        // The comment of the header and the line break after it.
        skipWhite()
        if current == Ascii.hash {
            let comment = position
            while position < end, !Ascii.isBreak(bytes[position]) { position &+= 1 }
            output.comments.append(Int32(truncatingIfNeeded: comment)..<Int32(truncatingIfNeeded: position))
        }
        guard position < end else {
            record.detail = Int32(truncatingIfNeeded: least)
            return record
        }
        position = afterBreak(position)
        lineStart = position
        let indent = explicit > 0 ? least : try findIndent(least: least)
        record.detail = Int32(truncatingIfNeeded: indent)
        scanBlockLines(&record, indent: indent)
        return record
    }

    /// Moves over the indicators after `|` or `>`; answers the indentation digit, 0 where there is none.
    private mutating func scanBlockHeader(_ record: inout YAMLRecord) throws(ManifestError) -> Int {
        var explicit = 0
        var hasChomping = false
        position += 1
        while !isBlank(position) {
            let byte = bytes[position]
            if byte == Ascii.plus || byte == Ascii.dash, !hasChomping {
                hasChomping = true
                record.flags.insert(byte == Ascii.plus ? .keep : .strip)
            } else if byte > Ascii.zero, byte <= Ascii.nine, explicit == 0 {
                explicit = Int(byte - Ascii.zero)
            } else {
                throw fault(.blockScalarHeader, at: position)
            }
            position += 1
        }
        let headerEnd = position
        skipWhite()
        guard atLineEnd else { throw fault(.blockScalarHeader, at: position) }
        position = headerEnd
        return explicit
    }

    /// The indentation of the first line that is not blank; the longest blank line's where all are.
    private func findIndent(least: Int) throws(ManifestError) -> Int {
        var place = position
        var longest = 0
        var longestAt = position
        while place < end {
            let line = place
            while place < end, bytes[place] == Ascii.space { place &+= 1 }
            let spaces = place &- line
            guard place >= end || Ascii.isBreak(bytes[place]) else {
                if spaces >= least, !(spaces == 0 && isMarker(place)) {
                    if longest > spaces { throw fault(.blockScalarIndentation, at: longestAt) }
                    return spaces
                }
                if bytes[place] == Ascii.tab { throw fault(.blockScalarTab, at: place) }
                break
            }
            if spaces > longest {
                longest = spaces
                longestAt = line
            }
            if place < end { place = afterBreak(place) }
        }
        return Swift.max(longest, least)
    }

    /// Moves over the lines of the scalar, to the start of the first line after it.
    private mutating func scanBlockLines(_ record: inout YAMLRecord, indent: Int) {
        while position < end {
            let line = position
            var place = position
            while place < end, place &- line < indent, bytes[place] == Ascii.space { place &+= 1 }
            if place < end, place &- line < indent, !Ascii.isBreak(bytes[place]) { break }
            if indent == 0, isMarker(line) { break }
            let text = place
            while place < end, !Ascii.isBreak(bytes[place]) { place &+= 1 }
            // The end of the stream ends a line as a line break does.
            if place > text || (record.flags.contains(.keep) && (place < end || place > line)) {
                record.end = Int32(truncatingIfNeeded: place)
            }
            if place < end { place = afterBreak(place) }
            position = place
            lineStart = place
        }
    }
}
