/// The bounds an expression is compiled and evaluated within.
///
/// Analysis templates come from users and run in the controller, so neither their size nor their running time
/// may be theirs to choose.
public struct ExpressionLimits: Sendable, Hashable {
    /// The most characters of source text.
    public var length = 16_384
    /// The most nodes of the tree; expr-lang's own limit.
    public var nodes = 10_000
    /// How deeply parts may nest.
    public var depth = 200
    /// The most steps of one evaluation: an instruction, or an element that an instruction looks at.
    public var steps = 1_000_000
    /// The most elements one evaluation may create; expr-lang's own limit. Sixteen bytes of text are an
    /// element.
    public var memory = 1_000_000

    /// The limits that analysis templates get.
    public init() {}
}
