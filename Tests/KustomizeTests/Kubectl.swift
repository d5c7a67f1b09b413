import Foundation
import TestSupport

/// The kustomize that kubectl carries, as a second opinion.
enum Kubectl {
    /// Where kubectl is; nil where the machine has none, and then the tests that ask it are skipped.
    static let path = Program.path("kubectl")

    /// Whether its kustomize is of the version that is followed, 5.8, or a later one.
    static let isRecent: Bool = {
        guard let version = try? run(["version", "--client"])?.split(separator: "\n").last else {
            return false
        }
        let numbers = version.split { !$0.isNumber }.compactMap { Int($0) }
        return numbers.count == 3 && (numbers[0], numbers[1]) >= (5, 8)
    }()

    /// What it prints for a directory; nil where it refuses to build it.
    static func build(_ directory: String) throws -> String? { try run(["kustomize", directory]) }

    private static func run(_ arguments: [String]) throws -> String? {
        let process = Process()
        process.executableURL = URL(filePath: path ?? "/nonexistent")
        process.arguments = arguments
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return process.terminationStatus == 0 ? String(decoding: data, as: UTF8.self) : nil
    }
}
