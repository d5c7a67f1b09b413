/// Changes values in a YAML text and leaves every other byte as it is.
///
/// Edits are planned on one snapshot of the text and made at once. Quotes, comments, anchors, indentation, flow
/// style, line endings and a missing final newline survive. What cannot be changed exactly is refused with
/// its place, and nothing is returned that was not read back and compared with what was asked for.
///
/// ```swift
/// var editor = YAMLEditor(try YAMLStream(bytes, file: "deploy.yaml"))
/// try editor.set(YAMLPath(".spec.replicas"), to: 3)
/// try editor.remove(YAMLPath(".metadata.annotations"))
/// let changed = try editor.result().bytes
/// ```
public struct YAMLEditor: Sendable {
    /// What an editor may do beyond changing the place it was told.
    public struct Options: Sendable, Hashable {
        /// Whether a value with an anchor may change although aliases elsewhere repeat it.
        ///
        /// Whoever wrote the anchor wanted the places to change together, so this is the default.
        public var changesSharedValues: Bool

        public init(changesSharedValues: Bool = true) {
            self.changesSharedValues = changesSharedValues
        }
    }

    /// Where a new entry or item goes among those present.
    public enum Placement: Sendable, Hashable {
        case first, last
        /// Beside the entry of this key, or the item at this index.
        case before(YAMLPath.Step)
        case after(YAMLPath.Step)
        /// Before the first entry whose key sorts behind the new one.
        case sorted
    }

    /// What an edit makes of the tree; checked against the result.
    enum Change: Sendable {
        case replaced(node: Int32, Value)
        case inserted(container: Int32, place: Int, key: String?, Value)
        case removed(container: Int32, place: Int)
    }

    /// The text the edits are planned on.
    public let stream: YAMLStream
    let options: Options
    let lines: YAMLLines
    private var planned: [YAMLEdit] = []
    private(set) var changes: [Change] = []

    public init(_ stream: YAMLStream, options: Options = Options()) {
        self.stream = stream
        self.options = options
        lines = YAMLLines(stream)
    }

    /// The edits planned so far, in the order of the text; those of equal place in the order of the calls.
    public var edits: [YAMLEdit] {
        planned.enumerated()
            .sorted { left, right in
                let (first, second) = (left.element.span, right.element.span)
                if first.lowerBound != second.lowerBound { return first.lowerBound < second.lowerBound }
                if first.isEmpty != second.isEmpty { return first.isEmpty }
                return left.offset < right.offset
            }
            .map(\.element)
    }

    /// The text with the edits made that are planned so far, not read back: one step on the way to ``result()``.
    public var draft: [UInt8] { edits.applied(to: stream.bytes) }

    /// Where an edit begins. Counted from the start of the text, so for messages rather than for loops.
    public func position(of edit: YAMLEdit) -> ManifestError.Position {
        stream.bytes.withUnsafeBufferPointer {
            ManifestError.Position(offset: edit.span.lowerBound, in: $0)
        }
    }

    /// The text with all edits made, read back and compared with what was asked for.
    ///
    /// - Throws: `ManifestError` with code `notEditable` where edits overlap, or where the text would not read
    ///   as wanted.
    public func result() throws(ManifestError) -> YAMLStream {
        let edits = edits
        for (edit, next) in zip(edits, edits.dropFirst()) where next.span.lowerBound < edit.span.upperBound {
            throw refusal("two edits of one pass touch the same place; make them one after the other", next)
        }
        let bytes = edits.applied(to: stream.bytes)
        let changed: YAMLStream
        do throws(ManifestError) {
            changed = try YAMLStream(bytes, file: stream.file, limits: stream.tape.limits)
        } catch {
            throw refusal("the edit cannot be made exactly, it would lead to: \(error.message)", edits.first)
        }
        try YAMLEditCheck(editor: self, result: changed).run()
        return changed
    }

    /// Adds edits and the change they stand for to the plan.
    mutating func plan(_ edits: [YAMLEdit], _ change: Change) {
        planned += edits.filter { !stream.bytes[$0.span].elementsEqual($0.replacement) }
        changes.append(change)
    }

    /// The place a path leads to, where it may be changed there.
    ///
    /// - Throws: `ManifestError` with code `notFound`, or `notEditable` where the way leads through an alias or a
    ///   merge key, so that the place belongs to another path too.
    func location(_ path: YAMLPath, document: Int) throws(ManifestError) -> YAMLLocation {
        var location = YAMLLocation(root: try stream.document(document).root, file: stream.file)
        try location.follow(path)
        try refuseDetour(location)
        try refuseShared(location)
        return location
    }

    func refuseDetour(_ location: YAMLLocation) throws(ManifestError) {
        guard let detour = location.detour else { return }
        let mark = detour.kind == .alias ? "the alias *\(detour.anchor ?? "")" : "a merge key"
        let line = location.node.position.line
        throw refusal(
            "\(location.path) is reached through \(mark); changing it would change line \(line), which other "
                + "paths share. Edit it where it is written", detour)
    }

    /// Refuses to change what aliases elsewhere repeat, unless that is wanted.
    private func refuseShared(_ location: YAMLLocation) throws(ManifestError) {
        guard !options.changesSharedValues else { return }
        for node in location.trail.map(\.node) + [location.node] {
            guard node.kind != .alias, let anchor = node.anchor else { continue }
            guard let alias = stream.tape.firstAlias(of: node) else { continue }
            throw refusal(
                "\(location.path) is shared by its anchor &\(anchor); line \(alias.position.line) repeats it",
                location.node)
        }
    }

    func refusal(_ message: String, _ node: YAMLNode) -> ManifestError {
        ManifestError(.notEditable, message, at: node.position, file: stream.file)
    }

    private func refusal(_ message: String, _ edit: YAMLEdit?) -> ManifestError {
        ManifestError(.notEditable, message, at: edit.map(position), file: stream.file)
    }
}

extension YAMLStream {
    /// The document of an index, counted from 0.
    ///
    /// - Throws: `ManifestError` with code `notFound`, saying how many there are.
    public func document(_ index: Int) throws(ManifestError) -> YAMLDocument {
        let documents = documents
        guard documents.indices.contains(index) else {
            let count = documents.count == 1 ? "1 document" : "\(documents.count) documents"
            throw ManifestError(.notFound, "the text has \(count); there is no document \(index)", file: file)
        }
        return documents[index]
    }
}

extension YAMLTape {
    /// The first alias that stands for a node.
    fileprivate func firstAlias(of node: YAMLNode) -> YAMLNode? {
        for index in records.indices where records[index].kind == .alias {
            let alias = YAMLNode(tape: self, index: Int32(index))
            if alias.target.index == node.index { return alias }
        }
        return nil
    }
}
