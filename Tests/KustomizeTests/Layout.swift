import Foundation
import Manifest
import Testing

/// Directories of files as texts: `## path` begins a file, `=== name` a layout, whose first file is its
/// `kustomization.yaml`.
struct Layout: Sendable, CustomTestStringConvertible {
    let name: String
    /// The texts of the files by path.
    let files: [String: String]

    var testDescription: String { name }

    /// A layout of one's own beside the files that all layouts can use.
    init(_ name: String, _ kustomization: String, files: [String: String] = [:]) {
        self.name = name
        self.files = Self.shared.merging(["kustomization.yaml": kustomization]) { $1 }.merging(files) { $1 }
    }

    /// The files of the layout below `root`, with two files beside it that it must not read.
    var tree: MemoryFileTree {
        var tree = MemoryFileTree([
            "outside.yaml": Self.shared["svc.yaml"] ?? "", "outside.txt": "x",
        ])
        for (path, text) in files { tree.write(Array(text.utf8), to: "root/\(path)") }
        tree.write(Self.bytes, to: "root/bytes.bin")
        return tree
    }

    private static let bytes = (0...255).map { UInt8($0) }

    /// Writes the files into a directory of this machine.
    func write(to directory: String) throws {
        let all = files.mapValues { Data($0.utf8) }.merging(["bytes.bin": Data(Self.bytes)]) { $1 }
        for (path, data) in all {
            let file = URL(filePath: "\(directory)/root/\(path)")
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try data.write(to: file)
        }
        try Data((Self.shared["svc.yaml"] ?? "").utf8).write(to: URL(filePath: "\(directory)/outside.yaml"))
        try Data("x".utf8).write(to: URL(filePath: "\(directory)/outside.txt"))
    }

    // MARK: Reading

    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(
        path: "Layouts")

    /// Files that every layout can use.
    static let shared: [String: String] = files(in: text(of: "shared.txt"), first: nil)

    /// Every layout of every file in the folder.
    static let all: [Layout] = {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.filter { $0 != "shared.txt" }.sorted().flatMap { layouts(in: text(of: $0)) }
    }()

    private static func text(of file: String) -> String {
        (try? String(contentsOf: folder.appending(path: file), encoding: .utf8)) ?? ""
    }

    private static func layouts(in text: String) -> [Layout] {
        text.split(separator: "=== ").map { block in
            let end = block.firstIndex(of: "\n") ?? block.endIndex
            let own = files(in: String(block[end...].dropFirst()), first: "kustomization.yaml")
            return Layout(String(block[..<end]), own["kustomization.yaml"] ?? "", files: own)
        }
    }

    private static func files(in text: String, first: String?) -> [String: String] {
        var files: [String: String] = [:]
        var current = first
        var lines: [Substring] = []
        func finish() {
            if let current { files[current] = lines.map { "\($0)\n" }.joined() }
            lines = []
        }
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("## ") {
                finish()
                current = String(line.dropFirst(3))
            } else {
                lines.append(line)
            }
        }
        if lines.last == "" { lines.removeLast() }
        finish()
        return files
    }
}
