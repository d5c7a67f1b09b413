import Foundation
import Manifest
import Testing

/// The examples of the YAML 1.2.2 specification, with the trees they stand for.
@Suite struct YAMLSpecificationTests {
    struct Example: Sendable, CustomTestStringConvertible {
        let name: String
        let text: String
        let tree: String
        var testDescription: String { name }
    }

    static let examples: [Example] = {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../Vectors/YAML/specification.txt")
        guard let text = try? String(contentsOf: file, encoding: .utf8) else { return [] }
        let parts = text.split(separator: "⟦").map { part -> (name: String, body: String) in
            let pieces = part.split(separator: "⟧\n", maxSplits: 1, omittingEmptySubsequences: false)
            return (String(pieces[0]), String(pieces[1]))
        }
        return zip(parts, parts.dropFirst()).compactMap { example, tree -> Example? in
            guard tree.name == "tree" else { return nil }
            return Example(name: example.name, text: example.body, tree: tree.body)
        }
    }()

    @Test func `there are 115 examples`() {
        #expect(Self.examples.count == 115)
    }

    @Test(arguments: examples)
    func `an example has the tree the specification gives it`(example: Example) throws {
        let stream = try YAMLStream(Array(example.text.utf8))
        #expect(TreeOutline.text(of: stream) == example.tree)
        #expect(stream.bytes == Array(example.text.utf8))
    }

    @Test(arguments: examples)
    func `an example cut off anywhere is read or refused with a place`(example: Example) {
        let bytes = Array(example.text.utf8)
        for length in bytes.indices {
            do throws(ManifestError) {
                _ = try YAMLStream(Array(bytes[..<length]))
            } catch {
                #expect(error.position.map { $0.offset <= length } == true, "cut at \(length): \(error)")
            }
        }
    }
}
