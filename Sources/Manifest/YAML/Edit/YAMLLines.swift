/// The lines of a text, seen from any of its bytes.
struct YAMLLines {
    let bytes: [UInt8]
    private let comments: [Range<Int>]
    /// The line break of the text: that of its first line, LF where it has only one line.
    let lineBreak: [UInt8]

    init(_ stream: YAMLStream) {
        bytes = stream.bytes
        comments = stream.comments
        if let first = bytes.firstIndex(where: Ascii.isBreak), bytes[first] == Ascii.carriageReturn {
            let isPair = first + 1 < bytes.count && bytes[first + 1] == Ascii.newline
            lineBreak = isPair ? [Ascii.carriageReturn, Ascii.newline] : [Ascii.carriageReturn]
        } else {
            lineBreak = [Ascii.newline]
        }
    }

    /// The first byte of the line that holds an offset.
    func start(of offset: Int) -> Int {
        var place = offset
        while place > 0, !Ascii.isBreak(bytes[place - 1]) { place -= 1 }
        return place
    }

    /// The end of the line that holds an offset, before its line break.
    func end(of offset: Int) -> Int {
        var place = offset
        while place < bytes.count, !Ascii.isBreak(bytes[place]) { place += 1 }
        return place
    }

    /// The first byte of the next line, or the end of the text.
    func next(after offset: Int) -> Int {
        let end = end(of: offset)
        guard end < bytes.count else { return end }
        let isPair =
            bytes[end] == Ascii.carriageReturn && end + 1 < bytes.count && bytes[end + 1] == Ascii.newline
        return end + (isPair ? 2 : 1)
    }

    /// The end of the line before the one that starts at an offset, before its line break.
    func endOfPrevious(lineStart: Int) -> Int {
        guard lineStart > 0 else { return 0 }
        let isPair =
            lineStart > 1 && bytes[lineStart - 1] == Ascii.newline
            && bytes[lineStart - 2] == Ascii.carriageReturn
        return lineStart - (isPair ? 2 : 1)
    }

    /// Whether only blanks stand between the start of the line and an offset.
    func isFirst(_ offset: Int) -> Bool { isBlank(start(of: offset)..<offset) }

    /// Whether a range holds only blanks.
    func isBlank(_ range: Range<Int>) -> Bool { bytes[range].allSatisfy(Ascii.isWhite) }

    /// The place behind the blanks before an offset, in the offset's line.
    func withoutBlanks(before offset: Int) -> Int {
        var place = offset
        while place > 0, Ascii.isWhite(bytes[place - 1]) { place -= 1 }
        return place
    }

    /// The place of the first byte from an offset on that is no blank.
    func withoutBlanks(after offset: Int) -> Int {
        var place = offset
        while place < bytes.count, Ascii.isWhite(bytes[place]) { place += 1 }
        return place
    }

    /// Where the comments begin that stand right above a line, in its column, with no empty line between.
    ///
    /// - Returns: the start of the topmost comment's line, or the given line start where there is none.
    func startOfLeadComments(above lineStart: Int, column: Int) -> Int {
        var top = lineStart
        while top > 0 {
            let above = start(of: endOfPrevious(lineStart: top))
            let mark = withoutBlanks(after: above)
            guard mark - above == column, isCommentStart(mark) else { break }
            top = above
        }
        return top
    }

    /// Whether the next line with something on it, behind the line of an offset, is a comment that is indented.
    func isFollowedByIndentedComment(_ offset: Int) -> Bool {
        var line = next(after: offset)
        while line < bytes.count {
            let mark = withoutBlanks(after: line)
            if mark < bytes.count, !Ascii.isBreak(bytes[mark]) { return mark > line && isCommentStart(mark) }
            line = next(after: mark)
        }
        return false
    }

    /// Whether a comment begins in a range.
    func hasComment(in range: Range<Int>) -> Bool {
        let place = firstComment(from: range.lowerBound)
        return place < comments.count && comments[place].lowerBound < range.upperBound
    }

    private func isCommentStart(_ offset: Int) -> Bool {
        let place = firstComment(from: offset)
        return place < comments.count && comments[place].lowerBound == offset
    }

    private func firstComment(from offset: Int) -> Int {
        var low = 0
        var high = comments.count
        while low < high {
            let middle = (low + high) / 2
            if comments[middle].lowerBound < offset { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
