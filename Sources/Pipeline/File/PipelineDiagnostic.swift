/// A fault of a pipeline file: where it stands, what it is, and what to write instead.
public struct PipelineDiagnostic: Sendable, Hashable, Error, CustomStringConvertible {
    /// How much a fault weighs.
    public enum Weight: String, Sendable, Hashable, Codable {
        case error, warning
    }

    /// Which fault it is.
    public var code: DiagnosticCode
    /// Whether it refuses the file.
    public var weight: Weight
    /// The file as the reader was told its name.
    public var file: String
    /// Counted from 1; 0 where the fault is the file as a whole.
    public var line: Int
    /// In characters, counted from 1.
    public var column: Int
    /// The JSON pointer (RFC 6901) of the value.
    public var pointer: String
    /// What is wrong, with the words of the file.
    public var message: String
    /// What was probably meant, or why it matters.
    public var hint: String?
    /// What to write instead.
    public var fix: String?

    /// One line, as compilers print it, with hint and fix on lines of their own.
    public var description: String {
        var text = "\(file):\(line):\(column): \(weight.rawValue) \(code.rawValue): \(message)"
        if let hint { text += "\n    hint: \(hint)" }
        if let fix { text += "\n    fix: \(fix)" }
        return text
    }
}

/// What validation has found: all faults of the file in its order, and the file where there is no error.
public struct PipelineValidation: Sendable {
    /// Nil where there are errors.
    public var file: PipelineFile?
    /// In the order of the file.
    public var diagnostics: [PipelineDiagnostic]

    /// The faults that refuse the file.
    public var errors: [PipelineDiagnostic] { diagnostics.filter { $0.weight == .error } }

    /// The most bytes of ``summary``, which goes into the status of an object.
    static let maximumSummary = 16 << 10

    /// The faults that refuse the file, as many of them as a status has room for.
    var summary: String {
        var lines: [String] = []
        var space = Self.maximumSummary
        let errors = errors
        for error in errors {
            let text = error.description
            space -= text.utf8.count + 1
            guard space >= 0 else { break }
            lines.append(text)
        }
        if lines.count < errors.count {
            lines.append("and \(errors.count - lines.count) more; see them all with: slipway ci validate")
        }
        return lines.joined(separator: "\n")
    }
}
