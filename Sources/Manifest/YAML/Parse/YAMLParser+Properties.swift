// Anchors, tags and aliases (YAML 1.2.2, chapters 6.9 and 7.1).
extension YAMLParser {
    /// Parses the anchor and tag at the position, as far as they stand on this line.
    mutating func parseProperties(inFlow: Bool) throws(ManifestError) -> Int32 {
        var record = YAMLProperties(
            start: Int32(truncatingIfNeeded: position), end: Int32(truncatingIfNeeded: position))
        while true {
            let start = position
            if current == Ascii.ampersand {
                guard record.anchor.isEmpty else { throw fault(.twoAnchors, at: start) }
                position += 1
                skipName()
                guard position > start + 1 else { throw fault(.emptyAnchor, at: start) }
                record.anchor =
                    Int32(truncatingIfNeeded: start + 1)..<Int32(truncatingIfNeeded: position)
            } else if current == Ascii.exclamation {
                guard record.tag < 0 else { throw fault(.twoTags, at: start) }
                record.tag = try parseTag()
            } else {
                break
            }
            record.end = Int32(truncatingIfNeeded: position)
            guard isBlank(position) || (inFlow && Ascii.isFlowIndicator(bytes[position])) else {
                throw fault(.propertiesNeedSpace, at: position)
            }
            skipWhite()
        }
        lastEnd = Int(record.end)
        let index = Int32(truncatingIfNeeded: output.properties.count)
        if !record.anchor.isEmpty { anchors[text(of: record.anchor)] = index }
        output.properties.append(record)
        return index
    }

    /// Joins the properties of one node that stand on two lines.
    mutating func merge(_ first: Int32, _ second: Int32) throws(ManifestError) -> Int32 {
        if first < 0 { return second }
        if second < 0 { return first }
        let left = output.properties[Int(first)]
        let right = output.properties[Int(second)]
        if !left.anchor.isEmpty, !right.anchor.isEmpty { throw fault(.twoAnchors, at: Int(right.start)) }
        if left.tag >= 0, right.tag >= 0 { throw fault(.twoTags, at: Int(right.start)) }
        // The table of anchors points to the record that has the anchor, so that one stays.
        let kept = right.anchor.isEmpty ? first : second
        output.properties[Int(kept)].start = left.start
        output.properties[Int(kept)].end = right.end
        output.properties[Int(kept)].tag = Swift.max(left.tag, right.tag)
        return kept
    }

    /// Parses the alias at the position.
    mutating func scanAlias() throws(ManifestError) -> YAMLRecord {
        let start = position
        position += 1
        skipName()
        guard position > start + 1 else { throw fault(.emptyAlias, at: start) }
        let name = text(of: Int32(truncatingIfNeeded: start + 1)..<Int32(truncatingIfNeeded: position))
        guard let anchor = anchors[name] else { throw fault(.unknownAlias(name), at: start) }
        output.hasAliases = true
        var record = YAMLRecord(.alias, .plain, start: start, end: position)
        record.detail = anchor
        return record
    }

    /// Moves over an anchor's name: anything but white space and flow indicators.
    private mutating func skipName() {
        while position < end, !isBlank(position), !Ascii.isFlowIndicator(bytes[position]) { position += 1 }
    }

    private func text(of range: Range<Int32>) -> String {
        String(decoding: bytes[Int(range.lowerBound)..<Int(range.upperBound)], as: UTF8.self)
    }

    // MARK: Tags

    /// Parses the tag at the position and answers the index of its full form.
    private mutating func parseTag() throws(ManifestError) -> Int32 {
        let start = position
        position += 1
        let resolved: String
        if current == Ascii.lessThan {
            position += 1
            let suffix = try tagText(isVerbatim: true)
            guard current == Ascii.greaterThan, !suffix.isEmpty, suffix != "!" else {
                throw fault(.badTag, at: start)
            }
            position += 1
            resolved = suffix
        } else {
            resolved = try parseShorthand(from: start)
        }
        if let known = tagIndices[resolved] { return known }
        let index = Int32(truncatingIfNeeded: output.tags.count)
        output.tags.append(resolved)
        tagIndices[resolved] = index
        return index
    }

    private mutating func parseShorthand(from start: Int) throws(ManifestError) -> String {
        // `!`, `!suffix`, `!!suffix` or `!handle!suffix`.
        var mark = position
        while mark < end, Self.isWordCharacter(bytes[mark]) { mark += 1 }
        guard peek(mark) == Ascii.exclamation else {
            let suffix = try tagText(isVerbatim: false)
            return (tagHandles["!"] ?? "!") + suffix
        }
        let handle = String(decoding: bytes[start...mark], as: UTF8.self)
        position = mark + 1
        let suffix = try tagText(isVerbatim: false)
        guard !suffix.isEmpty else { throw fault(.badTag, at: start) }
        if let prefix = tagHandles[handle] { return prefix + suffix }
        guard handle == "!!" else { throw fault(.unknownTagHandle(handle), at: start) }
        return YAMLTag.prefix + suffix
    }

    /// The characters of a tag from the position on, with `%xx` escapes replaced.
    private mutating func tagText(isVerbatim: Bool) throws(ManifestError) -> String {
        var text: [UInt8] = []
        while position < end {
            let byte = bytes[position]
            if byte == Ascii.percent {
                guard let high = Ascii.hexValue(peek(position + 1)),
                    let low = Ascii.hexValue(peek(position + 2))
                else { throw fault(.badTag, at: position) }
                text.append(UInt8(high << 4 | low))
                position += 3
                continue
            }
            guard Self.isTagCharacter(byte, isVerbatim: isVerbatim) else { break }
            text.append(byte)
            position += 1
        }
        guard let string = String(validating: text, as: UTF8.self) else { throw fault(.badTag, at: position) }
        return string
    }

    /// The characters of a URI; shorthands leave out `!` and the flow indicators (rules 39 and 40).
    private static func isTagCharacter(_ byte: UInt8, isVerbatim: Bool) -> Bool {
        if isWordCharacter(byte) { return true }
        switch byte {
        case UInt8(ascii: "#"), UInt8(ascii: ";"), UInt8(ascii: "/"), UInt8(ascii: "?"), UInt8(ascii: ":"),
            UInt8(ascii: "@"), UInt8(ascii: "&"), UInt8(ascii: "="), UInt8(ascii: "+"), UInt8(ascii: "$"),
            UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "~"), UInt8(ascii: "*"), UInt8(ascii: "'"),
            UInt8(ascii: "("), UInt8(ascii: ")"):
            return true
        case Ascii.exclamation, Ascii.comma, Ascii.openBracket, Ascii.closeBracket:
            return isVerbatim
        default:
            return false
        }
    }
}
