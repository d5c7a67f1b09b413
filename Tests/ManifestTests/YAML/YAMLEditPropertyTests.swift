import Manifest
import TestSupport
import Testing

/// Every kind of edit on generated manifests: only the target's bytes change, and the tree is the expected one.
///
/// The generator knows values and byte ranges from printing them, so nothing here trusts the parser.
@Suite struct YAMLEditPropertyTests {
    /// 320 layouts a run, new ones each time; a failure prints the seed.
    static let seeds: [UInt64] = {
        let start = UInt64.random(in: 0...UInt64.max)
        return (0..<320).map { start &+ $0 }
    }()

    private static let values: [Value] = [
        "plain", "yes", "1.0", "2026-01-01", "a: b", "x #y", "", "it's \"quoted\"", "tab\there", "имя",
        "l1\nl2\n",
        " lead\nl2", "l1\n\n", 7, 2.5, true, .null, [], [:], ["k": ["v", ["on": "off"]]],
        [1, ["a": "b", "c": 2]],
    ]

    @Test func `generated manifests read as they were meant`() throws {
        for seed in Self.seeds {
            var printer = ManifestPrinter(seed: seed)
            let manifest = printer.print()
            let isSame = try YAML.parse(manifest.bytes) == manifest.documents
            #expect(isSame, report(seed, manifest.bytes))
        }
    }

    @Test func `set changes the value's bytes only`() throws {
        for seed in Self.seeds {
            var (manifest, random) = generate(seed)
            for element in pick(4, of: manifest.elements, using: &random) where !element.isShared {
                let value = Self.values[Int.random(in: 0..<Self.values.count, using: &random)]
                // A number does not fit a place tagged as a string.
                if manifest.bytes[element.content].starts(with: "!!".utf8), value.stringValue == nil {
                    continue
                }
                let result = try edited(manifest, seed) {
                    try $0.set(element.path, to: value, document: element.document)
                }
                guard let result else { continue }
                manifest.expect(result, at: element, seed) { $0 = value }
                // A block goes below the line, so behind a trailing comment; otherwise nothing else moves.
                let isBlock = value.isBlock || element.value.isBlock
                let range = isBlock ? element.owned : element.content
                #expect(isChange(of: manifest.bytes, to: result, within: range), report(seed, result))
            }
        }
    }

    @Test func `insert adds an entry and nothing else`() throws {
        for seed in Self.seeds {
            var (manifest, random) = generate(seed)
            for container in pick(3, of: manifest.containers, using: &random) where !container.isShared {
                guard case .object(let object) = container.value else { continue }
                let value = Self.values[Int.random(in: 0..<Self.values.count, using: &random)]
                let place = Int.random(in: 0...object.count, using: &random)
                let placement: YAMLEditor.Placement =
                    place < object.count ? .before(.key(object[place].key)) : .last
                let path = YAMLPath(steps: container.path.steps + [.key("new: key")])
                let result = try edited(manifest, seed) {
                    try $0.insert(value, at: path, placement: placement, document: container.document)
                }
                guard let result else { continue }
                manifest.expect(result, at: container, seed) { holder in
                    var changed = holder.objectValue ?? Object()
                    changed.insert(key: "new: key", value: value, at: place)
                    holder = .object(changed)
                }
                #expect(isInsertion(into: manifest.bytes, result), report(seed, result))
            }
        }
    }

    @Test func `insert adds an item and nothing else`() throws {
        for seed in Self.seeds {
            var (manifest, random) = generate(seed)
            for container in pick(3, of: manifest.containers, using: &random) where !container.isShared {
                guard case .array(let items) = container.value else { continue }
                let value = Self.values[Int.random(in: 0..<Self.values.count, using: &random)]
                let place = Int.random(in: 0...items.count, using: &random)
                let step = place < items.count ? YAMLPath.Step.index(place) : .append
                let path = YAMLPath(steps: container.path.steps + [step])
                let result = try edited(manifest, seed) {
                    try $0.insert(value, at: path, document: container.document)
                }
                guard let result else { continue }
                manifest.expect(result, at: container, seed) { holder in
                    var changed = holder.arrayValue ?? []
                    changed.insert(value, at: place)
                    holder = .array(changed)
                }
                #expect(isInsertion(into: manifest.bytes, result), report(seed, result))
            }
        }
    }

    @Test func `remove takes an element with its comments and nothing else`() throws {
        for seed in Self.seeds {
            var (manifest, random) = generate(seed)
            for element in pick(4, of: manifest.elements, using: &random) where !element.isShared {
                let result = try edited(manifest, seed) {
                    try $0.remove(element.path, document: element.document)
                }
                guard let result else { continue }
                let holder = GeneratedManifest.Container(
                    document: element.document, path: element.path.parent, value: .null, isInFlow: false)
                manifest.expect(result, at: holder, seed) { holder in
                    switch element.path.steps.last {
                    case .key(let key): holder[key] = nil
                    case .index(let place):
                        var items = holder.arrayValue ?? []
                        items.remove(at: place)
                        holder = .array(items)
                    default: Issue.record("an element is a key or an index")
                    }
                }
                if element.siblings > 1 {
                    let kept = isRemoval(from: manifest.bytes, result, of: element)
                    #expect(kept, report(seed, result))
                }
            }
        }
    }

    @Test func `several edits in one pass are as good as one after the other`() throws {
        for seed in Self.seeds {
            var (manifest, random) = generate(seed)
            let leaves = manifest.elements.filter { !$0.isShared && !$0.value.isBlock && !$0.content.isEmpty }
            let chosen = pick(3, of: leaves, using: &random)
            let distinct = chosen.indices.filter { place in
                !chosen[..<place].contains { $0.content == chosen[place].content }
            }
            let all = try edited(manifest, seed) { editor in
                for place in distinct {
                    try editor.set(chosen[place].path, to: "new", document: chosen[place].document)
                }
            }
            var one = manifest
            for place in distinct {
                let element = chosen[place]
                let next = try edited(one, seed) {
                    try $0.set(element.path, to: "new", document: element.document)
                }
                one.bytes = try #require(next)
            }
            #expect(all == one.bytes, report(seed, one.bytes))
        }
    }

    // MARK: What is expected

    /// The edited text, nil where the edit is refused for a reason that stands.
    private func edited(
        _ manifest: GeneratedManifest, _ seed: UInt64, _ edit: (inout YAMLEditor) throws -> Void
    ) throws -> [UInt8]? {
        do {
            var editor = YAMLEditor(try YAMLStream(manifest.bytes))
            try edit(&editor)
            return try editor.result().bytes
        } catch let error as ManifestError where error.code == .notEditable {
            Issue.record("\(error), \(report(seed, manifest.bytes))")
            return nil
        }
    }

    private func isChange(of old: [UInt8], to new: [UInt8], within range: Range<Int>) -> Bool {
        new.starts(with: old[..<range.lowerBound])
            && new.reversed().starts(with: old[range.upperBound...].reversed())
    }

    private func isInsertion(into old: [UInt8], _ new: [UInt8]) -> Bool {
        let prefix = zip(old, new).prefix { $0 == $1 }.count
        let suffix = zip(old.reversed(), new.reversed()).prefix { $0 == $1 }.count
        return prefix + suffix >= old.count && new.count > old.count
    }

    private func isRemoval(
        from old: [UInt8], _ new: [UInt8], of element: GeneratedManifest.Element
    ) -> Bool {
        let owned = element.owned
        if element.isInFlow {
            // The element and what sets it apart from its neighbours: a comma and a blank.
            let prefix = zip(old, new).prefix { $0 == $1 }.count
            let suffix = zip(old.reversed(), new.reversed()).prefix { $0 == $1 }.count
            let gone = old.count - new.count
            return prefix + suffix >= new.count && (owned.count + 1...owned.count + 2).contains(gone)
        }
        // Its lines; of the first behind a dash, all up to the next one; at the end, the break before them.
        let blanks = old[owned.upperBound...].prefix { " \r\n".utf8.contains($0) }.count
        let breaks = old[..<owned.lowerBound].reversed().prefix { "\r\n".utf8.contains($0) }.count
        return [owned, owned.lowerBound..<owned.upperBound + blanks].contains { old.without($0) == new }
            || (owned.upperBound == old.count
                && (1...2).contains { count in
                    count <= breaks && old.without(owned.lowerBound - count..<old.count) == new
                })
    }

    private func pick<T>(_ count: Int, of items: [T], using random: inout SeededGenerator) -> [T] {
        guard !items.isEmpty else { return [] }
        return (0..<count).map { _ in items[Int.random(in: 0..<items.count, using: &random)] }
    }

    private func generate(_ seed: UInt64) -> (GeneratedManifest, SeededGenerator) {
        var printer = ManifestPrinter(seed: seed)
        return (printer.print(), SeededGenerator(seed: ~seed))
    }

    private func report(_ seed: UInt64, _ bytes: [UInt8]) -> Comment {
        "seed \(seed):\n\(String(decoding: bytes, as: UTF8.self))"
    }
}

extension [UInt8] {
    fileprivate func without(_ range: Range<Int>) -> [UInt8] {
        Array(self[..<range.lowerBound] + self[range.upperBound...])
    }
}

extension Value {
    /// Whether the value takes several lines in a block document.
    fileprivate var isBlock: Bool {
        switch self {
        case .object(let object): !object.isEmpty
        case .array(let items): !items.isEmpty
        case .string(let text): text.contains("\n")
        default: false
        }
    }

    fileprivate mutating func change(at steps: ArraySlice<YAMLPath.Step>, _ body: (inout Value) -> Void) {
        switch (steps.first, self) {
        case (.key(let key), .object(var object)):
            guard var inner = object[key] else { return }
            inner.change(at: steps.dropFirst(), body)
            object[key] = inner
            self = .object(object)
        case (.index(let index), .array(var items)):
            items[index].change(at: steps.dropFirst(), body)
            self = .array(items)
        default:
            body(&self)
        }
    }
}

extension GeneratedManifest {
    fileprivate func expect(
        _ result: [UInt8], at element: Element, _ seed: UInt64, _ change: (inout Value) -> Void
    ) {
        expect(result, document: element.document, path: element.path, seed, change)
    }

    fileprivate func expect(
        _ result: [UInt8], at container: Container, _ seed: UInt64, _ change: (inout Value) -> Void
    ) {
        expect(result, document: container.document, path: container.path, seed, change)
    }

    private func expect(
        _ result: [UInt8], document: Int, path: YAMLPath, _ seed: UInt64, _ change: (inout Value) -> Void
    ) {
        var expected = documents
        expected[document].change(at: path.steps[...], change)
        let isSame = (try? YAML.parse(result)) == expected
        #expect(isSame, "seed \(seed), \(path):\n\(String(decoding: result, as: UTF8.self))")
    }
}
