/// How a new value is spelled at a place so that it fits what stands around it.
struct YAMLSpelling {
    /// A value of several lines: what stands on the line of its key or dash, and the lines below.
    struct Block {
        /// The header of a block scalar; empty for collections.
        var head: String
        /// Begins with a line break and ends without one.
        var body: String
    }

    /// Whether the place is an item of a list.
    let isItem: Bool
    /// The column of the key or dash that holds the place; nil for the root and between brackets.
    let parentColumn: Int?
    /// Whether the place is in a text in JSON's style, where strings take double quotes.
    let isJSON: Bool
    private let isInFlow: Bool
    private let trail: [YAMLNode]
    private let root: YAMLNode
    private let lines: YAMLLines

    init(location: YAMLLocation, root: YAMLNode, lines: YAMLLines) {
        trail = location.trail.map(\.node)
        self.root = root
        let holder = location.holder?.node
        isItem = holder?.kind == .sequence
        parentColumn = holder?.entryColumn
        isInFlow = location.isInFlow
        isJSON = (trail + [location.node]).contains { node in
            node.style == .flow && node.entries.first?.key.style == .doubleQuoted
        }
        self.lines = lines
    }

    /// The indentation of the document. Looked up only where nested blocks are written, since it can take a walk
    /// over the whole document.
    private var layout: YAMLLayout { YAMLLayout(near: trail, root: root) }

    /// A value on one line.
    func inline(_ value: Value, replacing node: YAMLNode) -> String {
        var writer = YAMLWriter(layout: YAMLLayout())
        writer.blocks = .none
        if case .string(var text) = value {
            text.withUTF8 { bytes in
                let form = YAMLScalarForm(bytes)
                switch node.style {
                case .doubleQuoted:
                    writer.writeJSONQuoted(bytes)
                case .singleQuoted where form.allowsSingleQuotes && !isJSON:
                    writer.writeSingleQuoted(bytes)
                default:
                    switch form.lineStyle {
                    case _ where isInFlow:
                        writer.writeFlowText(String(decoding: bytes, as: UTF8.self), isJSON: isJSON)
                    case .plain where !bytes.isEmpty: writer.out.append(contentsOf: bytes)
                    case .singleQuoted: writer.writeSingleQuoted(bytes)
                    default: writer.writeJSONQuoted(bytes)
                    }
                }
            }
        } else {
            writer.writeFlow(value, isJSON: isJSON)
        }
        return String(decoding: writer.out, as: UTF8.self)
    }

    /// A value over several lines; nil where it takes one line only.
    func block(_ value: Value, replacing node: YAMLNode) -> Block? {
        let parent = parentColumn ?? 0
        // A collection of the same kind stays in its column.
        let column = (node.kind == .mapping) == (value.objectValue != nil) ? node.entryColumn : nil
        switch value {
        case .object(let object) where !object.isEmpty:
            var writer = blockWriter(replacing: node)
            let column = column ?? parent + (isItem ? 2 : layout.step)
            writer.writeEntries(object, column: column, startsInline: false)
            return Block(head: "", body: finished(writer))
        case .array(let items) where !items.isEmpty:
            var writer = blockWriter(replacing: node)
            let column = column ?? parent + (isItem ? 2 : layout.sequenceShift)
            writer.writeItems(items, column: column, startsInline: false)
            return Block(head: "", body: finished(writer))
        case .string(let text) where node.style != .doubleQuoted && YAMLScalarForm(text).style == .literal:
            return literal(text, column: parent + (isItem ? 2 : layout.step), for: node)
        default:
            return nil
        }
    }

    private func blockWriter(replacing node: YAMLNode) -> YAMLWriter {
        var writer = YAMLWriter(layout: layout)
        writer.blocks = blocks(endingAt: node.outerEnd)
        writer.out.append(Ascii.newline)
        return writer
    }

    /// A collection in the place of a node, starting on the line of a dash in `column`.
    func inlineBlock(_ value: Value, _ column: Int, for node: YAMLNode) -> String {
        var writer = YAMLWriter(layout: layout)
        writer.blocks = blocks(endingAt: node.outerEnd)
        writer.writeAfterIndicator(value, column: column)
        return finished(writer)
    }

    /// An entry whose key goes to `column`, without the indentation before it and the line break behind it.
    ///
    /// - Parameter end: the offset it ends at; nil where the next element follows.
    func entry(_ key: String, _ value: Value, column: Int, endingAt end: Int?) -> String {
        var writer = YAMLWriter(layout: value.isLineSized ? YAMLLayout() : layout)
        writer.blocks = end.map(blocks) ?? .closed
        writer.writeEntries(Object([Object.Pair(key: key, value: value)]), column: column, startsInline: true)
        return finished(writer)
    }

    /// An item whose dash goes to `column`, its content `gap` columns behind the dash.
    ///
    /// - Parameter end: the offset it ends at; nil where the next element follows.
    func item(_ value: Value, column: Int, gap: Int, endingAt end: Int?) -> String {
        var writer = YAMLWriter(layout: value.isLineSized ? YAMLLayout() : layout)
        writer.blocks = end.map(blocks) ?? .closed
        switch value {
        case .object, .array: writer.writeAfterIndicator(value, column: column + gap - 2)
        default: writer.writeScalar(value, parent: column)
        }
        return "-" + String(repeating: " ", count: gap - 1) + finished(writer)
    }

    /// An entry between braces.
    func flowEntry(_ key: String, _ value: Value) -> String {
        var writer = YAMLWriter(layout: YAMLLayout())
        writer.writeFlowText(key, isJSON: isJSON)
        writer.out += ": ".utf8
        writer.writeFlow(value, isJSON: isJSON)
        return String(decoding: writer.out, as: UTF8.self)
    }

    /// An item between brackets.
    func flowItem(_ value: Value) -> String {
        var writer = YAMLWriter(layout: YAMLLayout())
        writer.writeFlow(value, isJSON: isJSON)
        return String(decoding: writer.out, as: UTF8.self)
    }

    /// Which strings may be blocks in a value that ends on the line of an offset.
    ///
    /// At the very end a block would miss its line break, and an indented comment behind it would become text.
    private func blocks(endingAt offset: Int) -> YAMLWriter.Blocks {
        isLastLine(offset) || lines.isFollowedByIndentedComment(offset) ? .none : .closed
    }

    /// Whether the line of an offset ends the text without a line break.
    private func isLastLine(_ offset: Int) -> Bool { lines.end(of: offset) == lines.bytes.count }

    /// The text without the break of its last line, and with the line breaks of the document.
    private func finished(_ writer: YAMLWriter) -> String {
        var bytes = writer.out
        if bytes.last == Ascii.newline { bytes.removeLast() }
        return withDocumentBreaks(bytes)
    }

    private func withDocumentBreaks(_ bytes: [UInt8]) -> String {
        guard lines.lineBreak != [Ascii.newline] else { return String(decoding: bytes, as: UTF8.self) }
        var result: [UInt8] = []
        for byte in bytes {
            if byte == Ascii.newline { result += lines.lineBreak } else { result.append(byte) }
        }
        return String(decoding: result, as: UTF8.self)
    }
}

// Block scalars.
extension YAMLSpelling {
    /// A new literal block; nil where blank lines or the end of the text behind it would change its meaning.
    private func literal(_ text: String, column: Int, for node: YAMLNode) -> Block? {
        let keepsBreaks = text.hasSuffix("\n\n") || text == "\n"
        guard !keepsBreaks, !(text.hasSuffix("\n") && isLastLine(node.outerEnd)),
            !lines.isFollowedByIndentedComment(node.outerEnd)
        else {
            return nil
        }
        var head = "|"
        if text.hasPrefix(" ") || text.hasPrefix("\n") { head += "\(column - (parentColumn ?? 0))" }
        if !text.hasSuffix("\n") { head += "-" }
        return Block(head: head, body: body(text, column: column))
    }

    /// The text for a block scalar that replaces another, in its style and with its indentation and chomping as
    /// far as the text allows; nil where the text cannot be written so.
    func blockScalar(_ text: String, replacing node: YAMLNode) -> Block? {
        guard !text.isEmpty, text.unicodeScalars.allSatisfy(Self.fitsBlock) else { return nil }
        let parent = parentColumn ?? 0
        let column = node.textIndent.map { $0 > parent ? $0 : parent + layout.step } ?? parent + layout.step
        let isAtEnd = node.span.upperBound >= lines.bytes.count
        guard !(isAtEnd && text.hasSuffix("\n")) else { return nil }

        let old = Header(node: node, lines: lines)
        let needsDigit = text.hasPrefix(" ") || text.hasPrefix("\n")
        let digit = column - parent
        guard !(needsDigit || old.hasDigit) || (1...9).contains(digit) else { return nil }
        let endsWithBlankLines = text.hasSuffix("\n\n") || text == "\n"
        let chomping: Character?
        if !text.hasSuffix("\n") {
            chomping = "-"
        } else if endsWithBlankLines {
            // Blank lines behind the old text would become part of the new one.
            guard old.chomping == "+" || !isFollowedByBlankLine(node) else { return nil }
            chomping = "+"
        } else {
            chomping = old.chomping == "+" ? "+" : nil
        }

        let content = text.split(separator: "\n", omittingEmptySubsequences: false)
            .dropLast(text.hasSuffix("\n") ? 1 : 0)
        let isFolded =
            node.style == .folded && !endsWithBlankLines
            && content.allSatisfy { !$0.isEmpty && !$0.hasPrefix(" ") && !$0.hasPrefix("\t") }
        var head = old.text
        if isFolded != (node.style == .folded) || chomping != old.chomping || (needsDigit && !old.hasDigit) {
            head = isFolded ? ">" : "|"
            if needsDigit || old.hasDigit { head += "\(digit)" }
            if let chomping { head.append(chomping) }
        }
        let written = isFolded ? content.joined(separator: "\n\n") + (text.hasSuffix("\n") ? "\n" : "") : text
        return Block(head: head, body: body(written, column: column))
    }

    private func body(_ text: String, column: Int) -> String {
        var writer = YAMLWriter(layout: layout)
        writer.out.append(Ascii.newline)
        var text = text
        text.withUTF8 { writer.writeLines($0, column: column) }
        if text.hasSuffix("\n") { writer.out.removeLast() }
        return withDocumentBreaks(writer.out)
    }

    private func isFollowedByBlankLine(_ node: YAMLNode) -> Bool {
        let next = lines.next(after: node.span.upperBound)
        return next < lines.bytes.count && lines.isBlank(next..<lines.end(of: next))
    }

    private static func fitsBlock(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09, 0x0A, 0x20...0x7E, 0xA0...0x2027, 0x202A...0xFEFE, 0xFF00...0xFFFD, 0x10000...: true
        default: false
        }
    }

    /// What the header of a block scalar says.
    private struct Header {
        var text = ""
        var hasDigit = false
        var chomping: Character?

        init(node: YAMLNode, lines: YAMLLines) {
            for byte in lines.bytes[node.span.lowerBound...] {
                guard !Ascii.isWhite(byte), !Ascii.isBreak(byte) else { break }
                let character = Character(Unicode.Scalar(byte))
                text.append(character)
                if Ascii.isDigit(byte) { hasDigit = true }
                if byte == Ascii.plus || byte == Ascii.dash { chomping = character }
            }
        }
    }
}

extension YAMLLayout {
    /// The indentation that a document uses, told by the collections nearest to a place.
    ///
    /// - Parameter trail: the collections that hold the place, the root first.
    init(near trail: [YAMLNode], root: YAMLNode) {
        self.init()
        var step: Int?
        var shift: Int?
        func look(at mapping: YAMLNode) {
            guard mapping.kind == .mapping, let column = mapping.entryColumn else { return }
            for (_, value) in mapping.entries {
                guard let inner = value.entryColumn else { continue }
                if value.kind == .mapping, inner > column { step = step ?? inner - column }
                if value.kind == .sequence, inner >= column { shift = shift ?? inner - column }
            }
        }
        func search(_ node: YAMLNode) {
            look(at: node)
            guard step == nil || shift == nil else { return }
            for child in node.entries.map(\.value) + node.items { search(child) }
        }
        for node in trail.reversed() { look(at: node) }
        if step == nil || shift == nil { search(root) }
        self.step = step ?? 2
        self.sequenceShift = shift ?? 0
    }
}

extension Value {
    /// Whether the value takes one line whatever the indentation around it.
    fileprivate var isLineSized: Bool {
        switch self {
        case .null, .bool, .integer, .double: true
        case .string(let text): !text.utf8.contains(Ascii.newline)
        case .array(let items): items.isEmpty
        case .object(let object): object.isEmpty
        }
    }
}
