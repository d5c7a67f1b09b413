/// Lays a value out as YAML, appending bytes to one buffer.
struct YAMLWriter {
    /// The longest key, in bytes, that stands on one line with its colon; a longer one takes the `? ` form.
    static let longestSimpleKey = 128

    private let keyOrder: YAML.WriteOptions.KeyOrder
    private let layout: YAMLLayout
    /// Which strings of several lines are literal blocks; the others are quoted.
    enum Blocks {
        /// All that a literal block can hold.
        case all
        /// Those whose meaning does not depend on blank lines that may follow.
        case closed
        case none
    }
    var blocks = Blocks.all
    var out: [UInt8] = []
    /// The column behind which a line is folded at its next space; nil where lines are not folded.
    let foldingColumn: Int?

    init(options: YAML.WriteOptions) {
        keyOrder = options.keyOrder
        layout = YAMLLayout(
            step: 2, sequenceShift: options.sequenceIndent == .compact ? 0 : 2)
        switch options.fidelity {
        case .readable: foldingColumn = nil
        case .exact: foldingColumn = 80
        }
    }

    init(layout: YAMLLayout) {
        keyOrder = .asGiven
        self.layout = layout
        foldingColumn = nil
    }

    mutating func writeDocument(_ value: Value) {
        writeAfterIndicator(value, column: -2)
    }

    /// Writes the pairs of an object, their keys at `column`.
    ///
    /// - Parameter startsInline: whether the first key stands behind an indicator, already at its column.
    mutating func writeEntries(_ object: Object, column: Int, startsInline: Bool) {
        var startsInline = startsInline
        func write(_ pair: Object.Pair) {
            if startsInline { startsInline = false } else { indent(column) }
            writeEntry(pair, column: column)
        }
        switch keyOrder {
        case .asGiven: for pair in object { write(pair) }
        case .sorted: for pair in YAMLKeyOrder.sorted(object) { write(pair) }
        case .by(let precedes): for pair in object.sorted(by: { precedes($0.key, $1.key) }) { write(pair) }
        }
    }

    private mutating func writeEntry(_ pair: Object.Pair, column: Int) {
        var key = pair.key
        let isSimple = key.withUTF8 { bytes in
            let form = YAMLScalarForm(bytes)
            let isSimple = bytes.count <= Self.longestSimpleKey && !form.isMultiline
            if !isSimple { out += "? ".utf8 }
            writeText(bytes, style: style(of: bytes, form), parent: column, isKey: true)
            return isSimple
        }
        if isSimple {
            out.append(Ascii.colon)
            writeAfterKey(pair.value, column: column)
        } else {
            endLine()
            indent(column)
            out += ": ".utf8
            writeAfterIndicator(pair.value, column: column)
        }
    }

    /// Writes the value of a key at `column`, from behind its colon to the end of the line.
    mutating func writeAfterKey(_ value: Value, column: Int) {
        switch value {
        case .object(let object) where !object.isEmpty:
            out.append(Ascii.newline)
            writeEntries(object, column: column + layout.step, startsInline: false)
        case .array(let items) where !items.isEmpty:
            out.append(Ascii.newline)
            writeItems(items, column: column + layout.sequenceShift, startsInline: false)
        default:
            out.append(Ascii.space)
            writeScalar(value, parent: column)
            endLine()
        }
    }

    /// Writes the items of a list, their dashes at `column`.
    mutating func writeItems(_ items: [Value], column: Int, startsInline: Bool) {
        var startsInline = startsInline
        for item in items {
            if startsInline { startsInline = false } else { indent(column) }
            out += "- ".utf8
            writeAfterIndicator(item, column: column)
        }
    }

    /// Writes what follows an indicator at `column`; a collection starts on the indicator's own line.
    mutating func writeAfterIndicator(_ value: Value, column: Int) {
        switch value {
        case .object(let object) where !object.isEmpty:
            writeEntries(object, column: column + 2, startsInline: true)
        case .array(let items) where !items.isEmpty:
            writeItems(items, column: column + 2, startsInline: true)
        default:
            // At the root, where no indicator stands, blocks are indented all the same, as kubectl does.
            writeScalar(value, parent: max(column, 0))
            endLine()
        }
    }

    /// Writes a scalar or an empty collection, a literal block one step behind the column of its parent.
    mutating func writeScalar(_ value: Value, parent: Int) {
        switch value {
        case .null: out += "null".utf8
        case .bool(let flag): out += (flag ? "true" : "false").utf8
        case .integer(let number): writeInteger(number)
        case .double(let real): out += real.text.utf8
        case .array: out += "[]".utf8
        case .object: out += "{}".utf8
        case .string(var text):
            text.withUTF8 { bytes in
                writeText(bytes, style: style(of: bytes, YAMLScalarForm(bytes)), parent: parent)
            }
        }
    }

    private func style(
        of bytes: UnsafeBufferPointer<UInt8>, _ form: YAMLScalarForm
    ) -> YAMLScalarForm.Style {
        if foldingColumn != nil, Self.isPlainForKubectl(bytes) { return .plain }
        switch blocks {
        case .all: return form.style
        case .none: return form.lineStyle
        case .closed:
            let keepsBreaks =
                bytes.last == Ascii.newline && (bytes.count == 1 || bytes[bytes.count - 2] == Ascii.newline)
            return keepsBreaks ? form.lineStyle : form.style
        }
    }

    /// Whether the text is one that kubectl leaves plain though readers of YAML 1.1 take it for something else.
    private static func isPlainForKubectl(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        switch bytes.count {
        case 1: bytes[0] == UInt8(ascii: "=")
        case 2: bytes[0] == Ascii.lessThan && bytes[1] == Ascii.lessThan
        default: false
        }
    }

    /// Writes a string in a style that can hold it.
    mutating func writeText(
        _ bytes: UnsafeBufferPointer<UInt8>, style: YAMLScalarForm.Style, parent: Int, isKey: Bool = false
    ) {
        if let foldingColumn, !isKey, bytes.contains(Ascii.space) {
            return writeFolding(bytes, style: style, indent: parent + layout.step, behind: foldingColumn)
        }
        switch style {
        case .plain: out.append(contentsOf: bytes)
        case .singleQuoted: writeSingleQuoted(bytes)
        case .doubleQuoted: writeDoubleQuoted(bytes)
        case .literal: writeLiteral(bytes, column: parent + layout.step, step: layout.step)
        }
    }

    private mutating func writeInteger(_ number: Int64) {
        if number < 0 { out.append(Ascii.dash) }
        let start = out.count
        var rest = number.magnitude
        repeat {
            out.append(Ascii.zero + UInt8(truncatingIfNeeded: rest % 10))
            rest /= 10
        } while rest > 0
        out[start...].reverse()
    }

    mutating func indent(_ column: Int) {
        for _ in 0..<column { out.append(Ascii.space) }
    }

    /// Ends the line, unless a literal block has done so.
    private mutating func endLine() {
        if out.last != Ascii.newline { out.append(Ascii.newline) }
    }
}
