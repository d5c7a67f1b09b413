import Foundation
import Git
import Promotion

/// Promotes many services in one file while somebody else pushes to it, then at a steady pace, then through the whole
/// program; prints a table.
///
/// Arguments: how many services, the peer's script.
@main struct PromotionBenchmarks {
    static func main() async throws {
        let arguments = CommandLine.arguments
        let services = arguments.count > 1 ? Int(arguments[1]) ?? 1000 : 1000
        let peer = arguments.count > 2 ? arguments[2] : nil
        let directory = FileManager.default.temporaryDirectory.appending(
            path: "slipway-lane-\(UUID().uuidString)"
        ).path
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let program = try GitProgram(path: "/usr/bin/git")
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await program.run() }
            print("| what | measured |\n|---|---|")
            try await LaneBenchmark(directory: directory, program: program, services: services).run()
            try await ProgramBenchmark(directory: directory, program: program).run()
            if let peer { try await Peer(directory: directory, script: peer, services: services).run() }
            group.cancelAll()
        }
    }

    static func row(_ what: String, _ measured: String) {
        print("| \(what) | \(measured) |")
        fflush(nil)
    }

    static func milliseconds(_ duration: Duration) -> Double {
        Double(duration.components.seconds) * 1000 + Double(duration.components.attoseconds) / 1e15
    }

    static func percentile(_ values: [Double], _ share: Double) -> Double {
        guard !values.isEmpty else { return 0 }
        let sorted = values.sorted()
        return sorted[min(sorted.count - 1, Int(Double(sorted.count) * share))]
    }

    static func digest(_ number: Int) -> String {
        let hex = String(number, radix: 16)
        return "sha256:" + String(repeating: "0", count: 64 - hex.count) + hex
    }
}

/// What a tool does that clones, edits, rebases and pushes, one promotion after the other.
struct Peer {
    let directory: String
    let script: String
    let services: Int

    func run() async throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", script, directory + "/peer", String(services)]
        let code: Int32 = try await withCheckedThrowingContinuation { continuation in
            process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
            do { try process.run() } catch { continuation.resume(throwing: error) }
        }
        if code != 0 { print("the peer ended with \(code)") }
    }
}
