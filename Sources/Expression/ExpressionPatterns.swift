/// The regular expressions of `matches`, which come from outside.
///
/// Expressions and the texts they look at come from strangers, so the engine must match in linear time;
/// Slipway's is `RegularExpression` of the Kubernetes model, one floor above.
public struct ExpressionPatterns: Sendable {
    /// Whether a text has a match.
    public typealias Match = @Sendable (String) -> Bool
    /// Makes a pattern of its text. What it throws is the message of the fault.
    public typealias Compile = @Sendable (String) throws -> Match

    let compile: Compile

    /// Compiles patterns by a closure.
    public init(_ compile: @escaping Compile) { self.compile = compile }
}
