public import ArgumentParser
import Manifest

/// `slipway yaml get`: prints what stands at a path.
public struct YAMLGetCommand: ParsableCommand {
    /// How a value is printed.
    enum Output: String, ExpressibleByArgument, CaseIterable {
        case text, yaml, json
    }

    /// How the command is called and what it is for.
    public static let configuration = CommandConfiguration(
        commandName: "get",
        abstract: "Print the value at a path.",
        usage: "slipway yaml get FILE... PATH [--document N] [--output text|yaml|json]",
        discussion: """
            A string is printed as it is, a mapping or list as YAML. Aliases and merge keys are followed. In a file \
            of several documents, every document that has the path is printed.

            EXAMPLES
              slipway yaml get deploy.yaml .spec.replicas
              slipway yaml get deploy.yaml 'spec.template.spec.containers[name=web].image'
              slipway yaml get base/*.yaml .metadata.name
              kubectl get deploy web -o yaml | slipway yaml get - .status.conditions --output json
            """)

    @Argument(
        help: ArgumentHelp(
            "One or more files, - for standard input, then the path.", valueName: "file ... path"))
    var arguments: [String]

    @Option(name: .shortAndLong, help: "Only this document of the file, counted from 0.")
    var document: Int?

    @Option(name: .shortAndLong, help: "How to print; text is YAML without quotes around a lone string.")
    var output: Output = .text

    /// The command without arguments.
    public init() {}

    /// Refuses options that contradict each other.
    public func validate() throws {
        guard arguments.count >= 2 else { throw ValidationError("Give at least one file and a path.") }
    }

    /// Does what the command says.
    public func run() throws {
        try reporting {
            let path = try YAMLPath(arguments[arguments.count - 1])
            var values: [Value] = []
            var missing: ManifestError?
            for file in arguments.dropLast().map(TextFile.init(name:)) {
                let found = try self.values(at: path, of: file, missing: &missing)
                values += found
            }
            try StandardStreams.writeOutput(printed(values))
            if let missing { throw missing }
        }
    }

    /// The values of all documents that have the path; the first fault where none has.
    private func values(
        at path: YAMLPath, of file: TextFile, missing: inout ManifestError?
    ) throws -> [Value] {
        let stream = try YAMLStream(file.read(), file: file.displayName)
        var documents = stream.documents
        if let document { documents = [try stream.document(document)] }
        var values: [Value] = []
        var fault: ManifestError?
        for document in documents {
            do throws(ManifestError) {
                values.append(try document.node(at: path).value())
            } catch {
                guard error.code == .notFound else { throw error }
                fault = fault ?? error
            }
        }
        if values.isEmpty {
            missing =
                missing ?? fault
                ?? ManifestError(.notFound, "the file has no document", file: file.displayName)
        }
        return values
    }

    private func printed(_ values: [Value]) -> [UInt8] {
        var bytes: [UInt8] = []
        for (place, value) in values.enumerated() {
            switch (output, value) {
            case (.json, _):
                bytes += JSON.write(value, options: values.count == 1 ? .pretty : .compact)
                bytes.append(UInt8(ascii: "\n"))
            case (.text, .string(let text)):
                bytes += text.utf8
                if !text.hasSuffix("\n") { bytes.append(UInt8(ascii: "\n")) }
            default:
                let isCollection = value.objectValue != nil || value.arrayValue != nil
                if place > 0, isCollection || output == .yaml { bytes += "---\n".utf8 }
                bytes += YAML.write(value)
            }
        }
        return bytes
    }
}
