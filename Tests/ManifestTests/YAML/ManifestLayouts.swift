import Manifest
import TestSupport

/// A manifest as some person might have laid it out, with what is known of it without parsing.
struct GeneratedManifest {
    /// An entry or item that can be edited.
    struct Element {
        var document: Int
        var path: YAMLPath
        /// The bytes of the value, without anchor and tag; empty where nothing is written.
        var content: Range<Int>
        /// The bytes that go when the element is removed: its lines with its comments.
        var owned: Range<Int>
        var value: Value
        var isInFlow: Bool
        /// Whether an alias repeats the value, or the element holds such a value or stands in one.
        var isShared = false
        /// How many elements the collection around it has, and what is owned by that collection.
        var siblings = 1
    }

    /// A collection that can take another element.
    struct Container {
        var document: Int
        var path: YAMLPath
        var value: Value
        var isInFlow: Bool
        var isShared = false
    }

    var bytes: [UInt8] = []
    var documents: [Value] = []
    var elements: [Element] = []
    var containers: [Container] = []
}

/// Prints random manifests in random layouts.
struct ManifestPrinter {
    private var random: SeededGenerator
    private var manifest = GeneratedManifest()
    private let lineBreak: String
    private let step: Int
    private let shift: Int
    private let dashGap: Int
    private let commentRate: Int
    private var anchors: [(name: String, value: Value, index: Int)] = []
    private var document = 0

    init(seed: UInt64) {
        random = SeededGenerator(seed: seed)
        lineBreak = Int.random(in: 0..<4, using: &random) == 0 ? "\r\n" : "\n"
        step = [2, 2, 2, 3, 4, 8].randomElement(using: &random) ?? 2
        shift = [0, 0, 2, step].randomElement(using: &random) ?? 0
        dashGap = Int.random(in: 0..<6, using: &random) == 0 ? 4 : 2
        commentRate = [0, 2, 5].randomElement(using: &random) ?? 0
    }

    mutating func print() -> GeneratedManifest {
        if chance(commentRate, of: 8) { write("# a header: with a colon\(lineBreak)\(lineBreak)") }
        let count = chance(1, of: 4) ? 3 : 1
        for number in 0..<count {
            document = number
            anchors = []
            if number > 0 || chance(1, of: 4) { write("---\(lineBreak)") }
            let path = YAMLPath()
            let value =
                chance(1, of: 8)
                ? sequence(column: 0, path: path, depth: 2, isInline: false)
                : mapping(column: 0, path: path, depth: 3, isInline: false)
            manifest.documents.append(value)
        }
        if chance(1, of: 4) {
            let cut = lineBreak.utf8.count
            let end = manifest.bytes.count - cut
            // A final break that belongs to a literal block has to stay.
            if !endsInBlockScalar {
                manifest.bytes.removeLast(cut)
                for place in manifest.elements.indices {
                    let element = manifest.elements[place]
                    manifest.elements[place].owned = element.owned.clamped(to: 0..<end)
                    manifest.elements[place].content = element.content.clamped(to: 0..<end)
                }
            }
        }
        return manifest
    }

    private var endsInBlockScalar: Bool {
        manifest.elements.contains { element in
            let first = element.content.isEmpty ? nil : manifest.bytes[element.content.lowerBound]
            let isBlock = first == UInt8(ascii: "|") || first == UInt8(ascii: ">")
            return isBlock && element.content.upperBound >= manifest.bytes.count - lineBreak.utf8.count
        }
    }

    // MARK: Blocks

    private mutating func mapping(column: Int, path: YAMLPath, depth: Int, isInline: Bool) -> Value {
        noteContainer(path, isInFlow: false)
        let container = manifest.containers.count - 1
        var object = Object()
        let keys = Self.keys.shuffled(using: &random).prefix(Int.random(in: 1...4, using: &random))
        for (place, key) in keys.enumerated() {
            let inner = YAMLPath(steps: path.steps + [.key(key)])
            let start = startElement(column: column, isInline: isInline && place == 0)
            write(keyText(key) + ":")
            object[key] = value(
                column: column, nested: column + step, dashes: column + shift, path: inner, depth: depth,
                start: start, siblings: keys.count)
        }
        manifest.containers[container].value = .object(object)
        return .object(object)
    }

    private mutating func sequence(column: Int, path: YAMLPath, depth: Int, isInline: Bool) -> Value {
        noteContainer(path, isInFlow: false)
        let container = manifest.containers.count - 1
        var items: [Value] = []
        let count = Int.random(in: 1...3, using: &random)
        for place in 0..<count {
            let inner = YAMLPath(steps: path.steps + [.index(place)])
            let start = startElement(column: column, isInline: isInline && place == 0)
            write("-")
            items.append(
                value(
                    column: column, nested: column + dashGap, dashes: column + dashGap, path: inner,
                    depth: depth, start: start, siblings: count))
        }
        manifest.containers[container].value = .array(items)
        return .array(items)
    }

    /// Blank lines, comments and the indentation of an element; answers where what it owns begins.
    private mutating func startElement(column: Int, isInline: Bool) -> Int {
        guard !isInline else { return manifest.bytes.count }
        if chance(1, of: 8) { write(lineBreak) }
        if chance(commentRate, of: 30) { write("\(spaces(column))# apart\(lineBreak)\(lineBreak)") }
        let start = manifest.bytes.count
        if chance(commentRate, of: 12) {
            for _ in 0..<Int.random(in: 1...2, using: &random) {
                write("\(spaces(column))# lead: \"note\"\(lineBreak)")
            }
        }
        write(spaces(column))
        return start
    }

    /// What follows a colon or a dash, to the end of its lines.
    private mutating func value(
        column: Int, nested: Int, dashes: Int, path: YAMLPath, depth: Int, start: Int, siblings: Int
    ) -> Value {
        let index = manifest.elements.count
        manifest.elements.append(
            GeneratedManifest.Element(
                document: document, path: path, content: 0..<0, owned: start..<start, value: .null,
                isInFlow: false, siblings: siblings))
        let isItem = manifest.bytes.last == UInt8(ascii: "-")
        let gap = isItem ? spaces(dashGap - 1) : spaces(chance(1, of: 10) ? 3 : 1)
        let value: Value
        var content: Range<Int>
        switch Int.random(in: 0..<(depth > 0 ? 15 : 9), using: &random) {
        case 0:
            content = manifest.bytes.count..<manifest.bytes.count
            value = .null
            endLine()
        case 1 where !anchors.isEmpty:
            let anchor = anchors[Int.random(in: 0..<anchors.count, using: &random)]
            write(gap)
            content = measured { $0.write("*\(anchor.name)") }
            value = anchor.value
            share(anchor.index)
            endLine()
        case 2:
            write(gap)
            let (text, header) = blockText()
            let base = isItem ? column + dashGap : column + step
            let from = manifest.bytes.count
            write(header + lineBreak)
            for line in text.split(separator: "\n", omittingEmptySubsequences: false).dropLast(
                text.hasSuffix("\n") ? 1 : 0)
            {
                write((line.isEmpty ? "" : spaces(base) + line) + lineBreak)
            }
            content = from..<manifest.bytes.count - lineBreak.utf8.count
            value = .string(text)
        case 3, 4:
            write(gap)
            let from = manifest.bytes.count
            value = flow(path: path, depth: 2)
            content = from..<manifest.bytes.count
            endLine()
        case 9...11:
            let anchor = maybeAnchor(gap)
            if isItem, anchor == nil, chance(2, of: 3) {
                write(gap)
                let from = manifest.bytes.count
                value = mapping(column: nested, path: path, depth: depth - 1, isInline: true)
                content = from..<manifest.bytes.count
            } else {
                endLine()
                let from = manifest.bytes.count
                value = mapping(column: nested, path: path, depth: depth - 1, isInline: false)
                content = from..<manifest.bytes.count
            }
            remember(anchor, value, index)
        case 12...14:
            let anchor = maybeAnchor(gap)
            endLine()
            let from = manifest.bytes.count
            value = sequence(column: dashes, path: path, depth: depth - 1, isInline: false)
            content = from..<manifest.bytes.count
            remember(anchor, value, index)
        default:
            let anchor = maybeAnchor(gap)
            write(gap)
            let (text, scalar) = scalarText(isInFlow: false)
            content = measured { $0.write(text) }
            value = scalar
            endLine()
            remember(anchor, value, index)
        }
        manifest.elements[index].content = content
        manifest.elements[index].value = value
        manifest.elements[index].owned = start..<manifest.bytes.count
        return value
    }

    private mutating func endLine() {
        if chance(commentRate, of: 12) {
            write("  # trailing, {x: y}")
        } else if chance(1, of: 20) {
            write("  ")
        }
        write(lineBreak)
    }

    // MARK: Anchors

    private mutating func maybeAnchor(_ gap: String) -> String? {
        guard chance(1, of: 10) else { return nil }
        let name = "a\(manifest.elements.count)"
        write("\(gap)&\(name)")
        return name
    }

    private mutating func remember(_ name: String?, _ value: Value, _ index: Int) {
        if let name { anchors.append((name, value, index)) }
    }

    /// Marks what an alias repeats, with all that holds it or stands in it.
    private mutating func share(_ index: Int) {
        let steps = manifest.elements[index].path.steps
        func isRelated(_ other: YAMLPath) -> Bool {
            let count = min(steps.count, other.steps.count)
            return steps.prefix(count) == other.steps.prefix(count)
        }
        for place in manifest.elements.indices
        where manifest.elements[place].document == document && isRelated(manifest.elements[place].path) {
            manifest.elements[place].isShared = true
        }
        for place in manifest.containers.indices
        where manifest.containers[place].document == document
            && manifest.containers[place].path.steps.starts(with: steps)
        {
            manifest.containers[place].isShared = true
        }
    }

    // MARK: Flow

    private mutating func flow(path: YAMLPath, depth: Int) -> Value {
        let pad = chance(1, of: 3) ? " " : ""
        noteContainer(path, isInFlow: true)
        let container = manifest.containers.count - 1
        let count = Int.random(in: 0...3, using: &random)
        let value: Value
        if chance(1, of: 2) {
            var object = Object()
            write("{" + pad)
            for (place, key) in Self.keys.shuffled(using: &random).prefix(count).enumerated() {
                if place > 0 { write(", ") }
                let start = manifest.bytes.count
                write(keyText(key) + ": ")
                object[key] = flowElement(
                    YAMLPath(steps: path.steps + [.key(key)]), depth: depth, start: start, siblings: count)
            }
            write(pad + "}")
            value = .object(object)
        } else {
            var items: [Value] = []
            write("[" + pad)
            for place in 0..<count {
                if place > 0 { write(chance(1, of: 4) ? "," : ", ") }
                let inner = YAMLPath(steps: path.steps + [.index(place)])
                items.append(
                    flowElement(inner, depth: depth, start: manifest.bytes.count, siblings: count))
            }
            write(pad + "]")
            value = .array(items)
        }
        manifest.containers[container].value = value
        return value
    }

    private mutating func flowElement(_ path: YAMLPath, depth: Int, start: Int, siblings: Int) -> Value {
        let index = manifest.elements.count
        manifest.elements.append(
            GeneratedManifest.Element(
                document: document, path: path, content: 0..<0, owned: start..<start, value: .null,
                isInFlow: true, siblings: siblings))
        let from = manifest.bytes.count
        let value: Value
        if depth > 0, chance(1, of: 4) {
            value = flow(path: path, depth: depth - 1)
        } else {
            let (text, scalar) = scalarText(isInFlow: true)
            write(text)
            value = scalar
        }
        manifest.elements[index].content = from..<manifest.bytes.count
        manifest.elements[index].owned = start..<manifest.bytes.count
        manifest.elements[index].value = value
        return value
    }

    // MARK: Text

    private static let keys = [
        "apiVersion", "kind", "metadata", "name", "labels", "spec", "replicas", "image", "newTag", "имя",
        "日本",
        "on", "y", "1", "a.b/c", "with space", "it's", "say \"x\"", "x-y_z", "env",
    ]

    private func keyText(_ key: String) -> String {
        switch key {
        case "on", "y", "1": "'\(key)'"
        case "it's": "\"it's\""
        case "say \"x\"": "'say \"x\"'"
        default: key
        }
    }

    private mutating func scalarText(isInFlow: Bool) -> (text: String, value: Value) {
        let words = [
            "web", "v1.2.3", "registry.example.com/team/web:1.2", "два слова", "a-b", "100m", "x#y", "été",
        ]
        let word = words[Int.random(in: 0..<words.count, using: &random)]
        switch Int.random(in: 0..<9, using: &random) {
        case 0: return ("3", 3)
        case 1: return ("true", true)
        case 2: return ("1.50", .double(Real(1.5, spelled: "1.50")))
        case 3: return (chance(1, of: 2) ? "null" : "~", .null)
        case 4: return ("'\(word), it''s'", .string("\(word), it's"))
        case 5: return ("\"\(word)\\t\\\"\\u0041\"", .string("\(word)\t\"A"))
        case 6: return ("\"1.0\"", "1.0")
        case 7: return ("!!str 12", "12")
        default:
            let text = isInFlow && word.contains(":") ? "'\(word)'" : word
            return (text, .string(word))
        }
    }

    private mutating func blockText() -> (text: String, header: String) {
        switch Int.random(in: 0..<4, using: &random) {
        case 0: return ("one", "|-")
        case 1: return ("one\n\n  two\n# three\n", "|")
        case 2: return ("one: 1\ntwo", chance(1, of: 2) ? "|-" : "|-  # note")
        default: return ("plain words\n", ">")
        }
    }

    private mutating func noteContainer(_ path: YAMLPath, isInFlow: Bool) {
        manifest.containers.append(
            GeneratedManifest.Container(document: document, path: path, value: .null, isInFlow: isInFlow))
    }

    private mutating func measured(_ body: (inout ManifestPrinter) -> Void) -> Range<Int> {
        let start = manifest.bytes.count
        body(&self)
        return start..<manifest.bytes.count
    }

    private mutating func write(_ text: String) { manifest.bytes += text.utf8 }

    private func spaces(_ count: Int) -> String { String(repeating: " ", count: count) }

    private mutating func chance(_ part: Int, of whole: Int) -> Bool {
        Int.random(in: 0..<whole, using: &random) < part
    }
}
