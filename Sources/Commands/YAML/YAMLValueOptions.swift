import ArgumentParser
import Manifest

/// As what a value on the command line is meant.
struct YAMLValueOptions: ParsableArguments {
    /// The types a value can be given.
    enum ValueType: String, ExpressibleByArgument, CaseIterable {
        case auto, string, number, bool, null, yaml
    }

    @Flag(help: "Take the value as a string, whatever it looks like.")
    var string = false

    @Option(help: "The type the value has to be of; auto follows what is there.")
    var type: ValueType = .auto

    func validate() throws {
        guard !string || type == .auto || type == .string else {
            throw ValidationError("--string and --type \(type.rawValue) contradict each other.")
        }
    }

    /// The value that a text stands for.
    ///
    /// - Parameter present: what stands at the place now; a string is followed by a string.
    /// - Throws: `CommandFailure` where the text is not of the wanted type.
    func value(_ text: String, replacing present: Value?) throws -> Value {
        if string || type == .string { return .string(text) }
        if type == .auto, case .string = present { return .string(text) }
        let value = try read(text)
        switch (type, value) {
        case (.auto, _), (.yaml, _), (.number, .integer), (.number, .double), (.bool, .bool), (.null, .null):
            return value
        default:
            throw CommandFailure(
                .refused, "'\(text)' is \(value.kindDescription), not of type \(type.rawValue)")
        }
    }

    private func read(_ text: String) throws -> Value {
        let documents: [Value]
        do throws(ManifestError) {
            documents = try YAML.parse(text)
        } catch {
            throw CommandFailure(
                .refused, "'\(text)' is not valid YAML (\(error.message)); give --string to take it as it is")
        }
        guard documents.count <= 1 else {
            throw CommandFailure(
                .refused, "the value has several documents; give --string to take it as it is")
        }
        return documents.first ?? .null
    }
}
