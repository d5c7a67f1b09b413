/// Why an expression cannot be compiled or evaluated, at which place, and what to do about it.
///
/// Messages are worded as expr-lang words them, since analysis runs copy them into their status.
public struct ExpressionError: Error, Sendable, Hashable {
    /// The class of a fault. New codes may be added; compare with the static members.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        private enum Name: String { case syntax, name, type, evaluation, limit }
        private let name: Name
        private init(_ name: Name) { self.name = name }

        /// The text is no expression.
        public static let syntax = Code(.syntax)
        /// A name or a function is not known.
        public static let name = Code(.name)
        /// Operands are of types that an operator or function does not take.
        public static let type = Code(.type)
        /// The values at hand have no answer: an index out of range, a field of nothing.
        public static let evaluation = Code(.evaluation)
        /// The expression is too large, or takes too many steps or too much memory.
        public static let limit = Code(.limit)

        /// The name of the code.
        public var description: String { name.rawValue }
    }

    /// The class of the failure.
    public let code: Code
    /// What is wrong, without the place.
    public let message: String
    /// What would put it right, where that can be told.
    public let hint: String?
    /// The line of the place, from 1.
    public let line: Int
    /// The column of the place in characters (Unicode scalars), from 1.
    public let column: Int
    /// The line itself with a caret under the place; empty where the line is empty.
    public let snippet: String

    init(_ fault: ExpressionFault, at offset: Int, in source: [Unicode.Scalar]) {
        code = fault.code
        message = fault.message
        hint = fault.hint
        let place = Swift.min(Swift.max(offset, 0), source.count)
        let lineStart = source[..<place].lastIndex(of: "\n").map { $0 + 1 } ?? 0
        let lineEnd = source[lineStart...].firstIndex(of: "\n") ?? source.count
        line = source[..<lineStart].count { $0 == "\n" } + 1
        column = place - lineStart + 1
        guard lineStart < lineEnd else {
            snippet = ""
            return
        }
        var text = String.UnicodeScalarView()
        text.append(contentsOf: source[lineStart..<lineEnd].map { $0 == "\t" ? " " : $0 })
        snippet = " | \(String(text))\n | \(String(repeating: ".", count: column - 1))^"
    }
}

extension ExpressionError: CustomStringConvertible {
    /// `message (line:column)`, the line with a caret, and the hint.
    public var description: String {
        var text = snippet.isEmpty ? message : "\(message) (\(line):\(column))\n\(snippet)"
        if let hint { text += "\n\(hint)" }
        return text
    }
}

/// A fault before its place is known.
struct ExpressionFault: Error {
    let code: ExpressionError.Code
    let message: String
    let hint: String?

    init(_ code: ExpressionError.Code, _ message: String, hint: String? = nil) {
        self.code = code
        self.message = message
        self.hint = hint
    }

    static func evaluation(_ message: String, hint: String? = nil) -> ExpressionFault {
        ExpressionFault(.evaluation, message, hint: hint)
    }

    static func type(_ message: String, hint: String? = nil) -> ExpressionFault {
        ExpressionFault(.type, message, hint: hint)
    }
}
