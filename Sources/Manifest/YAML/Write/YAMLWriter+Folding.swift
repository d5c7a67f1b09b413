// Lines folded where go-yaml folds them.
extension YAMLWriter {
    /// Writes a string so that a line goes on in the next one at the first space behind a column.
    ///
    /// - Parameter indent: the column at which the next lines begin.
    mutating func writeFolding(
        _ bytes: UnsafeBufferPointer<UInt8>, style: YAMLScalarForm.Style, indent column: Int,
        behind limit: Int
    ) {
        var line = currentColumn
        var rest = bytes[...]
        switch style {
        case .literal: return writeLiteral(bytes, column: column, step: 2)
        case .plain: break
        case .singleQuoted: out.append(Ascii.singleQuote)
        case .doubleQuoted: out.append(Ascii.doubleQuote)
        }
        if style != .plain { line += 1 }
        var isBehindSpace = false
        while let space = rest.firstIndex(of: Ascii.space) {
            line += append(rest[..<space], of: bytes, style: style)
            if space > rest.startIndex { isBehindSpace = false }
            let isInside = style == .plain || (space > 0 && space + 1 < bytes.count)
            let isBeforeSpace = space + 1 < bytes.count && bytes[space + 1] == Ascii.space
            let folds =
                !isBehindSpace && isInside && line > limit && (style == .doubleQuoted || !isBeforeSpace)
            if folds {
                out.append(Ascii.newline)
                self.indent(column)
                line = column
                if isBeforeSpace {
                    // What begins a line would be dropped by a reader, so that space is escaped.
                    out.append(Ascii.backslash)
                    line += 1
                }
            } else {
                out.append(Ascii.space)
                line += 1
            }
            isBehindSpace = true
            rest = rest[(space + 1)...]
        }
        _ = append(rest, of: bytes, style: style)
        if style == .singleQuoted { out.append(Ascii.singleQuote) }
        if style == .doubleQuoted { out.append(Ascii.doubleQuote) }
    }

    /// Writes a part of a string and answers how many columns it takes.
    private mutating func append(
        _ part: Slice<UnsafeBufferPointer<UInt8>>, of bytes: UnsafeBufferPointer<UInt8>,
        style: YAMLScalarForm.Style
    ) -> Int {
        let start = out.count
        let text = UnsafeBufferPointer(rebasing: part)
        switch style {
        case .doubleQuoted: writeDoubleQuotedText(text)
        case .singleQuoted: writeSingleQuotedText(text)
        case .plain, .literal: out.append(contentsOf: text)
        }
        return out[start...].reduce(0) { $1 & 0xC0 == 0x80 ? $0 : $0 + 1 }
    }

    /// How many characters the last line holds so far.
    private var currentColumn: Int {
        var count = 0
        for byte in out.reversed() {
            if byte == Ascii.newline { break }
            if byte & 0xC0 != 0x80 { count += 1 }
        }
        return count
    }
}
