import Manifest
import Testing

/// Hostile and broken input is refused in bounded time and memory.
@Suite(.timeLimit(.minutes(5))) struct YAMLLimitTests {
    private func error(_ text: String, limits: YAML.Limits = YAML.Limits()) -> ManifestError? {
        #expect(throws: ManifestError.self) {
            try YAML.parse(text, options: YAML.ReadOptions(limits: limits))
        }
    }

    @Test(arguments: ["[", "{a: ", "- ", "? ", "[[{a: ", "!x [", "&a {? "])
    func `10,000 levels are refused where the limit is passed`(open: String) {
        let found = error(String(repeating: open, count: 10_000))
        #expect(found?.code == .depthLimit)
        #expect(found?.message == "lists and mappings are nested more than 512 levels deep")
        #expect(found?.position?.line == 1)
    }

    @Test func `2,000 levels of indentation are refused`() {
        let text = (0..<2_000).map { String(repeating: " ", count: $0) + "a:\n" }.joined()
        #expect(error(text)?.position == ManifestError.Position(line: 513, column: 513, offset: 132_864))
    }

    @Test func `512 levels are read, also off the main thread`() async throws {
        let text = String(repeating: "[", count: 512) + String(repeating: "]", count: 512)
        let depth = try await Task.detached {
            var value = try YAML.parse(text)[0]
            var depth = 0
            while case .array(let items) = value {
                depth += 1
                guard let first = items.first else { break }
                value = first
            }
            return depth
        }.value
        #expect(depth == 512)
    }

    @Test func `aliases that multiply are refused`() {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
        for level in 1..<10 {
            let items = Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ", ")
            text += "a\(level): &a\(level) [\(items)]\n"
        }
        let found = error(text)
        #expect(found?.code == .sizeLimit)
        #expect(found?.position?.line == 7)
    }

    @Test func `aliases of long text are refused`() {
        let text = "a: &a \"" + String(repeating: "x", count: 1 << 20) + "\"\nb:\n"
        #expect(error(text + String(repeating: "- *a\n", count: 100))?.code == .sizeLimit)
    }

    @Test func `aliases that nest too deeply are refused`() {
        var text = "a0: &a0 [x]\n"
        for level in 1..<600 { text += "a\(level): &a\(level) [*a\(level - 1)]\n" }
        let found = error(text)
        #expect(found?.code == .depthLimit)
    }

    @Test func `a stream larger than the limit is refused`() {
        #expect(error("abcdef", limits: YAML.Limits(bytes: 5))?.code == .sizeLimit)
    }

    @Test(arguments: [
        "# c\n", "\n", "- a\n", "- [a: b]\n", "- {a: b, ? c}\n", "- &a x\n- *a\n", "a\n\n", "- |\n\n",
        "- \"\\\n \"\n",
        "? a\n", "- !!str a\n", "--- a\n", "[]\n---\n", "- [[[[x]: 1]: 1]: 1]\n", "- &a\n  !t\n  x\n",
        "%A b\n---\n...\n", " \t\n", "'", "\"a\" ", "- >\n  a\n\n", "\u{FEFF}a\n...\n", "[a,\n", "&a ",
    ])
    func `much of anything takes time in proportion`(piece: String) {
        // Quadratic work would trip the time limit.
        let text = String(repeating: piece, count: 300_000 / piece.utf8.count)
        do throws(ManifestError) {
            for document in try YAMLStream(Array(text.utf8)).documents { _ = try document.value() }
        } catch {
            #expect(error.position != nil)
        }
    }

    @Test func `8 MB of one scalar are read`() throws {
        let long = String(repeating: "x", count: 8 << 20)
        #expect(try YAML.parse("a: \(long)\n")[0] == ["a": .string(long)])
        #expect(try YAML.parse("a: |\n  \(long)\n")[0] == ["a": .string(long + "\n")])
    }

    @Test func `a long key is refused, and read with a question mark`() throws {
        let key = String(repeating: "é", count: 1025)
        #expect(
            error("\(key): v\n")?.message
                == "a key may have at most 1024 characters; write '? ' before the key")
        #expect(try YAML.parse("? \(key)\n: v\n")[0] == .object([key: "v"]))
        #expect(try YAML.parse("\(key.dropLast()): v\n")[0] != .null)
    }

    @Test func `100,000 keys are checked for duplicates`() {
        let text = (0..<100_000).map { "key\($0): 1\n" }.joined() + "key7: 2\n"
        #expect(error(text)?.message == "the key \"key7\" is already set on line 8; remove one of them")
    }
}
