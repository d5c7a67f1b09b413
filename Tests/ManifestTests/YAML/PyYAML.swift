import Foundation
import Manifest

/// PyYAML on libyaml, the reader whose opinion of our output counts besides our own.
enum PyYAML {
    private static let program = """
        import json, sys, yaml
        documents = yaml.load_all(sys.stdin.buffer.read(), Loader=yaml.CSafeLoader)
        json.dump(list(documents), sys.stdout, default=repr)
        """

    /// Whether `python3` with PyYAML on libyaml is installed.
    static let isInstalled = (try? read(Array("a: 1\n".utf8))) == [["a": 1]]

    /// The documents of a stream as PyYAML reads them; what JSON cannot hold comes as Python prints it.
    static func read(_ stream: [UInt8]) throws -> [Value] {
        let folder = FileManager.default.temporaryDirectory.appending(path: "pyyaml-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let input = folder.appending(path: "input.yaml")
        let output = folder.appending(path: "output.json")
        try Data(stream).write(to: input)
        try Data().write(to: output)

        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3", "-c", program]
        process.standardInput = try FileHandle(forReadingFrom: input)
        process.standardOutput = try FileHandle(forWritingTo: output)
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw ManifestError(.syntax, "PyYAML does not read the text; it says why on standard error")
        }
        return try JSON.parse([UInt8](Data(contentsOf: output))).arrayValue ?? []
    }
}
