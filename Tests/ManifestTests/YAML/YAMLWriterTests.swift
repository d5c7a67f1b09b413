import Foundation
import Manifest
import Testing

/// What `kubectl annotate --local -o yaml` (client 1.32) printed, lines of over 80 characters left out.
private func kubectlOutput(_ key: String) throws -> Value {
    let file = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../Vectors/yaml-writer/kubectl.json").standardized
    return try #require(JSON.parse([UInt8](Data(contentsOf: file)))[key])
}

private let kubectl = YAML.WriteOptions(keyOrder: .sorted)

@Suite struct YAMLWriterTests {
    @Test func `strings take the style that kubectl gives them`() throws {
        let pairs = try #require(kubectlOutput("values").arrayValue)
        #expect(pairs.count > 150)
        for pair in pairs {
            let text = try #require(pair[0]?.stringValue)
            #expect(YAML.string(["k": .string(text)]) == pair[1]?.stringValue, "\(text.debugDescription)")
        }
    }

    @Test(arguments: ["keys", "order"])
    func `keys take the style and the order that kubectl gives them`(vector: String) throws {
        let given = try #require(kubectlOutput(vector)["given"]?.arrayValue)
        var object = Object()
        for key in given { object[try #require(key.stringValue)] = 1 }
        let expected = try #require(kubectlOutput(vector)["text"]?.stringValue)
        let written = YAML.string(["spec": .object(object)], options: kubectl)
        #expect(written.split(separator: "\n") == expected.split(separator: "\n"))
    }

    @Test func `collections are laid out as kubectl lays them out`() throws {
        let layout = try kubectlOutput("layout")
        let value = try #require(layout["value"])
        #expect(YAML.string(value, options: kubectl) == layout["text"]?.stringValue)
    }

    @Test func `lists are indented under their key on request`() {
        let value: Value = ["a": [["b": [1, [2, 3]]], "x\ny\n"]]
        let options = YAML.WriteOptions(sequenceIndent: .indented)
        #expect(
            YAML.string(value, options: options)
                == "a:\n  - b:\n      - 1\n      - - 2\n        - 3\n  - |\n    x\n    y\n")
    }

    @Test func `keys are written as given or in the caller's order`() {
        let value: Value = ["kind": "A", "apiVersion": "v1", "b": ["z": 1, "a": 2]]
        #expect(YAML.string(value) == "kind: A\napiVersion: v1\nb:\n  z: 1\n  a: 2\n")
        let byLength = YAML.WriteOptions(keyOrder: .by { $0.count < $1.count })
        #expect(YAML.string(value, options: byLength) == "b:\n  z: 1\n  a: 2\nkind: A\napiVersion: v1\n")
    }

    @Test(arguments: [
        ("=", "\"=\""), ("<<", "\"<<\""), ("2026-13-45", "\"2026-13-45\""), ("1e400", "\"1e400\""),
        ("2026-01-01 10:00:00 +1", "\"2026-01-01 10:00:00 +1\""),
        ("0x0123456789abcdef0123456789abcdef", "\"0x0123456789abcdef0123456789abcdef\""),
        ("a\u{2028}b", "\"a\\Lb\""), ("a\u{85}\nb", "\"a\\N\\nb\""), ("\u{FEFF}a", "\"\\uFEFFa\""),
    ])
    func `what only some readers would misread is quoted too`(text: String, expected: String) {
        #expect(YAML.string(.string(text)) == expected + "\n")
    }

    @Test func `long lines are not folded`() {
        let text = String(repeating: "word ", count: 100) + "end"
        #expect(YAML.string(["k": .string(text)]) == "k: \(text)\n")
        #expect(YAML.string(["k": .string("a: " + text)]) == "k: 'a: \(text)'\n")
    }

    @Test func `numbers are written as spelled`() throws {
        let value = try JSON.parse("[1.50, 1e3, 18446744073709551615, -9223372036854775808, 0, 1.0]")
        let expected = "- 1.50\n- 1e3\n- 18446744073709551615\n- -9223372036854775808\n- 0\n- 1.0\n"
        #expect(YAML.string(value) == expected)
    }

    @Test func `documents are separated by a marker`() {
        let text = String(decoding: YAML.write(documents: [["a": 1], [], .null]), as: UTF8.self)
        #expect(text == "a: 1\n---\n[]\n---\nnull\n")
        #expect(YAML.write(documents: []).isEmpty)
    }
}

/// Output that equals that of kubectl and kustomize byte for byte.
@Suite struct YAMLExactWriterTests {
    private static func text(_ value: Value) -> String {
        YAML.string(value, options: YAML.WriteOptions(keyOrder: .sorted, fidelity: .exact))
    }

    private static let words = (1...12).map { "word\($0)" }.joined(separator: " ")

    @Test func `a line is folded at the first space behind the eightieth column`() {
        let text = "\(Self.words) \(Self.words)"
        let expected = """
            a: word1 word2 word3 word4 word5 word6 word7 word8 word9 word10 word11 word12 word1
              word2 word3 word4 word5 word6 word7 word8 word9 word10 word11 word12

            """
        #expect(Self.text(["a": .string(text)]) == expected)
        #expect(YAML.string(["a": .string(text)]).split(separator: "\n").count == 1)
    }

    @Test(arguments: [
        "x: \(words) \(words)", "\u{1}\(words)  \(words) ", "'\(words) \(words)", " \(words) \(words)",
    ])
    func `a folded string is read back as it was`(text: String) throws {
        let value: Value = ["list": [.object(["key": .string(text)])], "top": .string(text)]
        #expect(try YAML.parse(Self.text(value)) == [value])
    }

    @Test func `words that only tags make special stand plain`() {
        #expect(Self.text(["a": "=", "b": "<<", "c": "yes"]) == "a: =\nb: <<\nc: \"yes\"\n")
    }
}
