import ArgumentParser
import FoundationEssentials
import Manifest
import Pipeline

/// `slipway ci validate`: tells every fault of a pipeline file.
struct CIValidate: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "validate", abstract: "Tell every fault of a pipeline file.",
        discussion: """
            Each fault has its place, a code, and what to write instead. The exit code is 0 for a valid file, 1 where \
            there is none, and 2 for a file with errors; warnings alone do not count.
            """)

    @Argument(help: "The file; - reads standard input.")
    var file = ".slipway/pipeline.yaml"

    @Option(help: ArgumentHelp("How faults are told: text or json.", valueName: "form"))
    var output = OutputForm.text

    func run() throws {
        try reporting {
            let text = TextFile(name: file)
            var context = PipelineContext()
            if !text.isStandardInput {
                context.exists = { FileManager.default.fileExists(atPath: $0) }
                context.contents = { path in
                    (try? TextFile(name: path).read()).map { String(decoding: $0, as: UTF8.self) }
                }
            }
            let validation = PipelineFile.validate(try text.read(), name: text.displayName, context: context)
            switch output {
            case .text:
                for diagnostic in validation.diagnostics { StandardStreams.writeError("\(diagnostic)\n") }
                if validation.file != nil {
                    try StandardStreams.writeOutput(Array("\(file) is valid\n".utf8))
                }
            case .json:
                let list = validation.diagnostics.map(\.value)
                try StandardStreams.writeOutput(JSON.write(.array(list)) + [0x0a])
            }
            guard validation.file != nil else { throw ExitCode(CommandFailure.Outcome.refused.rawValue) }
        }
    }
}

/// How a command writes what it has to say.
enum OutputForm: String, ExpressibleByArgument, CaseIterable {
    case text, json
}

extension PipelineDiagnostic {
    /// The fault for programs.
    fileprivate var value: Value {
        var object: Object = [
            "code": .string(code.rawValue), "severity": .string(weight.rawValue), "file": .string(file),
            "line": .integer(Int64(line)), "column": .integer(Int64(column)), "pointer": .string(pointer),
            "message": .string(message),
        ]
        if let hint { object["hint"] = .string(hint) }
        if let fix { object["fix"] = .string(fix) }
        return .object(object)
    }
}
