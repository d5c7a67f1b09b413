import Foundation
import TestSupport

/// The kustomize that kubectl carries, as a second opinion.
enum Kubectl {
    /// Where kubectl is; nil where the machine has none, and then the tests that ask it are skipped.
    static let path = Program.path("kubectl")

    /// What it prints for a directory; nil where it refuses to build it.
    static func build(_ directory: String) throws -> String? {
        let process = Process()
        process.executableURL = URL(filePath: path ?? "/nonexistent")
        process.arguments = ["kustomize", directory]
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return process.terminationStatus == 0 ? String(decoding: data, as: UTF8.self) : nil
    }
}
