import ArgumentParser
import Foundation
import KubeModel
import Manifest
import Promotion

/// `slipway delivery plan`: checks delivery files without a cluster and tells what follows from them.
struct DeliveryPlan: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "Check delivery files and tell what follows from them, without a cluster.",
        discussion: "Ends with 2 where a file is not valid; every fault is told with its line.")

    @Argument(help: ArgumentHelp("Files, each services/<service>/delivery.yaml.", valueName: "file"))
    var files: [String]

    func run() throws {
        try reporting {
            var faults: [String] = []
            for (place, file) in files.enumerated() {
                let text = TextFile(name: file)
                let bytes = try text.read()
                do throws(PromotionError) {
                    let delivery = try DeliveryFile(
                        bytes, path: text.displayName, folder: Self.folder(of: text))
                    if place > 0 { print("") }
                    for line in DeliveryOutline(delivery).lines { print(line) }
                } catch {
                    faults.append("\(error)")
                }
            }
            guard faults.isEmpty else { throw CommandFailure(.refused, faults.joined(separator: "\n")) }
        }
    }

    /// The name of the folder that a file lies in, wherever the command is called; nil for standard input.
    private static func folder(of file: TextFile) -> String? {
        guard !file.isStandardInput else { return nil }
        return URL(filePath: file.name).standardizedFileURL.deletingLastPathComponent().lastPathComponent
    }
}
