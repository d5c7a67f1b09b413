import Foundation
import Kustomize
import Manifest
import Testing

/// Recorded layouts of configuration repositories with what kustomize 5.8 made of them.
@Suite struct VectorTests {
    struct Build: Sendable, CustomTestStringConvertible {
        let layout: URL
        let directory: String
        let expected: String

        var testDescription: String { "\(layout.lastPathComponent) \(directory)" }
    }

    static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Vectors")

    static let builds: [Build] = {
        let files = FileManager.default
        let names = ((try? files.contentsOfDirectory(atPath: folder.path)) ?? []).sorted()
        return names.flatMap { name -> [Build] in
            let layout = folder.appending(path: name)
            guard files.fileExists(atPath: layout.appending(path: "in").path) else { return [] }
            func text(_ file: String) -> String? {
                try? String(contentsOf: layout.appending(path: file), encoding: .utf8)
            }
            guard let table = text("builds.tsv") else {
                let directory = text("build-dir")?.trimmingCharacters(in: .whitespacesAndNewlines) ?? "."
                let isError = files.fileExists(atPath: layout.appending(path: "expected-error.txt").path)
                return [
                    Build(
                        layout: layout, directory: directory,
                        expected: isError ? "expected-error.txt" : "expected.yaml")
                ]
            }
            return table.split(separator: "\n").map { row in
                let fields = row.split(separator: "\t").map(String.init)
                return Build(layout: layout, directory: fields[0], expected: fields[1])
            }
        }
    }()

    @Test func `there are layouts`() { #expect(Self.builds.count >= 60) }

    @Test(arguments: builds)
    func `a layout builds as kustomize builds it`(build: Build) throws {
        let tree = try Self.tree(build.layout.appending(path: "in"))
        let expected = try String(contentsOf: build.layout.appending(path: build.expected), encoding: .utf8)
        var warnings = ""
        if build.expected.contains("error") {
            let error = #expect(throws: KustomizeError.self) {
                try Kustomization.run(tree: tree, path: build.directory) { warnings += "\($0)\n" }
            }
            #expect(warnings + "Error: \(error?.message ?? "")\n" == expected)
            return
        }
        let result = try Kustomization.run(tree: tree, path: build.directory)
        let documents = try YAML.parse(expected).filter { !$0.isNull }
        #expect(result.manifests.count == documents.count)
        for (manifest, document) in zip(result.manifests, documents) { #expect(manifest == document) }
        #expect(String(decoding: result.yaml, as: UTF8.self) == expected)
    }

    private static func tree(_ folder: URL) throws -> MemoryFileTree {
        var tree = MemoryFileTree()
        let files = FileManager.default
        for path in try files.subpathsOfDirectory(atPath: folder.path) {
            let file = folder.appending(path: path)
            if let target = try? files.destinationOfSymbolicLink(atPath: file.path) {
                tree.link(path, to: target)
            } else if (try? file.resourceValues(forKeys: [.isDirectoryKey]).isDirectory) == true {
                tree.makeDirectory(path)
            } else {
                tree.write(Array(try Data(contentsOf: file)), to: path)
            }
        }
        return tree
    }
}
