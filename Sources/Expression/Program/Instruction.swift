/// One step of a compiled expression. Values are taken from and put on a stack; targets are indices of
/// instructions.
enum Instruction: Sendable {
    /// Puts a constant on the stack.
    case push(ExpressionValue)
    /// Puts a variable's value on the stack, by its place in the list of names.
    case load(Int)
    case store(local: Int)
    case loadLocal(Int)
    case pop
    case negate, not
    case binary(BinaryOperator)
    /// `matches` with an expression that was compiled beforehand.
    case matches(Int)
    case jump(Int)
    /// Jumps by the topmost value and leaves it.
    case jumpIfTrue(Int), jumpIfFalse(Int), jumpIfNull(Int), jumpIfNotNull(Int)
    case fetch
    case slice(hasFrom: Bool, hasTo: Bool)
    case array(Int), map(Int)
    case call(Function, Int)
    // Loops over a list.
    case begin(Loop)
    case jumpIfEnd(Int)
    case next
    case element, index
    /// What a loop does with its predicate's answer.
    case collect, keep, count, accumulate
    /// Leaves the loop if the answer is yes, with the element or its index as the value.
    case pick(wantsIndex: Bool, Int)
    /// Puts what the loop has gathered on the stack.
    case gathered(Loop)
    case end
}
