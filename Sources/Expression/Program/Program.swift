/// A compiled expression.
struct Program: Sendable {
    var instructions: [Instruction] = []
    /// Where the word behind each instruction stands in the source, in scalars.
    var offsets: [Int] = []
    /// The names of the variables that instructions load.
    var variables: [String] = []
    /// How many names `let` declares at once.
    var locals = 0
    var patterns: [ExpressionPatterns.Match] = []
}
