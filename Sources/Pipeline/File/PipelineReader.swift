import Manifest

/// Walks the syntax tree of a pipeline file and collects every fault on its way.
///
/// Reading goes on after a fault with a default in its place, so that one pass tells them all.
struct PipelineReader {
    let file: String
    let context: PipelineContext
    private(set) var diagnostics: [PipelineDiagnostic] = []

    init(file: String, context: PipelineContext) {
        self.file = file
        self.context = context
    }

    /// Notes a fault at a value.
    mutating func report(
        _ code: DiagnosticCode, at cursor: PipelineCursor, _ message: String, hint: String? = nil,
        fix: String? = nil, weight: PipelineDiagnostic.Weight = .error
    ) {
        report(
            code, at: cursor.node, pointer: cursor.pointer, message, hint: hint, fix: fix, weight: weight)
    }

    /// Notes a fault at a node, such as a key.
    mutating func report(
        _ code: DiagnosticCode, at node: YAMLNode?, pointer: String, _ message: String, hint: String? = nil,
        fix: String? = nil, weight: PipelineDiagnostic.Weight = .error
    ) {
        let position = node?.position
        diagnostics.append(
            PipelineDiagnostic(
                code: code, weight: weight, file: file, line: position?.line ?? 1,
                column: position?.column ?? 1, pointer: pointer, message: message, hint: hint, fix: fix))
    }

    /// Notes a fault that has a place already.
    mutating func report(_ diagnostic: PipelineDiagnostic) { diagnostics.append(diagnostic) }

    // MARK: - Mappings

    /// The entries of a mapping by key, in order. Keys that stand twice, are unknown or come later are faults.
    ///
    /// - Parameters:
    ///   - known: the keys that are read; nil takes every key, for mappings whose keys are names.
    ///   - rules: what keys that are refused by name lead to.
    mutating func entries(
        _ cursor: PipelineCursor, known: [String]?, rules: KeyRules = .none
    ) -> [(name: String, key: YAMLNode, value: PipelineCursor)] {
        guard cursor.node.kind == .mapping else {
            report(.e106, at: cursor, "\(cursor.name) must be a mapping, not \(cursor.kindDescription)")
            return []
        }
        var result: [(name: String, key: YAMLNode, value: PipelineCursor)] = []
        var seen: Set<String> = []
        for (key, value) in cursor.node.entries {
            let name = key.target.scalarText
            let child = cursor.child(value, name)
            guard seen.insert(name).inserted else {
                report(
                    .e103, at: key, pointer: child.pointer,
                    "the key \"\(name)\" stands twice in \(cursor.name)",
                    hint: "tools keep one of the two values without saying which", fix: "remove one of them")
                continue
            }
            if let known, !known.contains(name) {
                refuse(name, key: key, child: child, parent: cursor, known: known, rules: rules)
                continue
            }
            result.append((name, key, child))
        }
        return result
    }

    private mutating func refuse(
        _ name: String, key: YAMLNode, child: PipelineCursor, parent: PipelineCursor, known: [String],
        rules: KeyRules
    ) {
        if let rule = rules.refused[name] {
            report(rule.code, at: key, pointer: child.pointer, rule.message, fix: rule.fix)
            return
        }
        let nearest = NameSuggestion.nearest(to: name, among: known)
        let place = parent.path.isEmpty ? "at the top" : "in \(parent.path.joined(separator: "."))"
        report(
            .e105, at: key, pointer: child.pointer, "unknown key \"\(name)\" \(place)",
            hint: nearest.map { "did you mean \"\($0)\"?" }
                ?? "known keys: \(known.joined(separator: ", "))",
            fix: nearest.map { "write \($0):" } ?? "remove it")
    }

    /// The first entries of a mapping, as many as a run can have; each of them may be looked at once for each other
    /// one, by the reader and by the run.
    mutating func limited(
        _ entries: [(name: String, key: YAMLNode, value: PipelineCursor)], to maximum: Int,
        besides others: Int = 0,
        _ what: String
    ) -> ArraySlice<(name: String, key: YAMLNode, value: PipelineCursor)> {
        let room = max(0, maximum - others)
        if entries.count > room {
            let first = entries[room]
            report(
                .e111, at: first.key, pointer: first.value.pointer,
                "a file has at most \(maximum) \(what); this has \(others + entries.count)",
                fix: "put what belongs together into one, or into the pipeline of another service")
        }
        return entries.prefix(room)
    }

    // MARK: - Scalars

    /// The text of a scalar; numbers and booleans as they are written. Nil, and a fault, for anything else.
    mutating func text(_ cursor: PipelineCursor) -> String? {
        guard cursor.node.kind == .scalar else {
            report(.e106, at: cursor, "\(cursor.name) must be a text, not \(cursor.kindDescription)")
            return nil
        }
        if case .null = PlainScalar(cursor.node) {
            report(.e106, at: cursor, "\(cursor.name) has no value")
            return nil
        }
        return cursor.node.scalarText
    }

    /// A text that is not empty.
    mutating func nonEmptyText(_ cursor: PipelineCursor) -> String? {
        guard let text = text(cursor) else { return nil }
        guard text.contains(where: { !$0.isWhitespace }) else {
            report(.e106, at: cursor, "\(cursor.name) is empty")
            return nil
        }
        return text
    }

    /// `true` or `false`.
    mutating func bool(_ cursor: PipelineCursor) -> Bool? {
        if cursor.node.kind == .scalar, case .bool(let value) = PlainScalar(cursor.node) { return value }
        report(.e106, at: cursor, "\(cursor.name) must be true or false, not \(cursor.kindDescription)")
        return nil
    }

    /// A whole number of a range.
    mutating func integer(
        _ cursor: PipelineCursor, in range: ClosedRange<Int>, code: DiagnosticCode = .e106
    ) -> Int? {
        if cursor.node.kind == .scalar, case .integer(let value) = PlainScalar(cursor.node),
            range.contains(value)
        {
            return value
        }
        let bounds = "from \(range.lowerBound) to \(range.upperBound)"
        report(code, at: cursor, "\(cursor.name) must be a whole number \(bounds)")
        return nil
    }

    /// A time such as `200ms`, `30s`, `10m`, `2h` or `7d`.
    mutating func duration(_ cursor: PipelineCursor) -> Duration? {
        guard let text = text(cursor) else { return nil }
        if let duration = DurationSyntax.parse(text) { return duration }
        report(
            .e106, at: cursor, "\(cursor.name) is \"\(text)\", which is no time",
            hint: "a whole number with ms, s, m, h or d", fix: "write 10m, for example")
        return nil
    }

    /// A list of texts; a single text counts as a list of one where that is allowed.
    mutating func texts(_ cursor: PipelineCursor, allowsSingle: Bool = false) -> [(String, PipelineCursor)] {
        if allowsSingle, cursor.node.kind == .scalar {
            return text(cursor).map { [($0, cursor)] } ?? []
        }
        guard cursor.node.kind == .sequence else {
            report(.e106, at: cursor, "\(cursor.name) must be a list, not \(cursor.kindDescription)")
            return []
        }
        var result: [(String, PipelineCursor)] = []
        for (index, item) in cursor.node.items.enumerated() {
            let child = cursor.child(item, String(index))
            if let text = text(child) { result.append((text, child)) }
        }
        return result
    }

    /// One of a set of words.
    mutating func word<Word: RawRepresentable & CaseIterable>(
        _ cursor: PipelineCursor, _ type: Word.Type, code: DiagnosticCode = .e106
    ) -> Word? where Word.RawValue == String {
        guard let text = text(cursor) else { return nil }
        if let word = Word(rawValue: text) { return word }
        let words = Word.allCases.map(\.rawValue)
        report(
            code, at: cursor,
            "\(cursor.name) is \"\(text)\", which is none of \(words.joined(separator: ", "))",
            hint: NameSuggestion.nearest(to: text, among: words).map { "did you mean \"\($0)\"?" })
        return nil
    }
}

/// Keys that are refused by name, each with its reason.
struct KeyRules {
    struct Rule {
        var code: DiagnosticCode
        var message: String
        var fix: String
    }

    var refused: [String: Rule] = [:]

    static let none = KeyRules()

    /// The same rules and one for a key of a later version.
    func later(_ key: String, _ instead: String) -> KeyRules {
        adding(key, .e110, "\"\(key)\" is not supported yet", instead)
    }

    /// The same rules and one more.
    func adding(_ key: String, _ code: DiagnosticCode, _ message: String, _ fix: String) -> KeyRules {
        var copy = self
        copy.refused[key] = Rule(code: code, message: message, fix: fix)
        return copy
    }
}
