/// An expression as it was read: a flat list of nodes, in which children stand before their parents.
///
/// Flat, so that neither copying nor letting go of a deep expression recurses.
struct SyntaxTree: Sendable {
    typealias Index = Int

    enum Node: Sendable {
        case null
        case bool(Bool)
        case int(Int)
        case float(Double)
        case string(String)
        case variable(String)
        /// `#` or, with a name, `#index`: what a predicate is asked about.
        case pointer(String)
        case unary(UnaryOperator, Index)
        case binary(BinaryOperator, Index, Index)
        /// The end of a chain of `?.`: where nothing at a link makes nothing of the whole chain.
        case chain(Index)
        case member(Index, property: Index, isOptional: Bool)
        case slice(Index, from: Index?, to: Index?)
        case call(Function, [Index])
        case loop(Loop, over: Index, predicate: Index?)
        case conditional(Index, then: Index, otherwise: Index)
        case array([Index])
        case map([Pair])
        case declaration(name: String, value: Index, body: Index)
        case sequence([Index])
    }

    struct Pair: Sendable {
        let key: Index
        let value: Index
    }

    private(set) var nodes: [Node] = []
    /// Where each node's word stands in the source, in scalars.
    private(set) var offsets: [Int] = []
    private var heights: [Int] = []
    var root: Index = 0

    /// Adds a node and answers its index.
    mutating func add(
        _ node: Node, at offset: Int, _ limits: ExpressionLimits
    ) throws(LocatedFault) -> Index {
        let height = 1 + (children(of: node).map { heights[$0] }.max() ?? 0)
        guard nodes.count < limits.nodes, height <= limits.depth else {
            let message = "compilation failed: expression exceeds maximum allowed nodes"
            throw LocatedFault(
                ExpressionFault(
                    .limit, message, hint: "split the condition, or use a list with `in` or `any`"),
                offset)
        }
        nodes.append(node)
        offsets.append(offset)
        heights.append(height)
        return nodes.count - 1
    }

    private func children(of node: Node) -> [Index] {
        switch node {
        case .null, .bool, .int, .float, .string, .variable, .pointer: []
        case .unary(_, let operand): [operand]
        case .binary(_, let left, let right): [left, right]
        case .chain(let inner): [inner]
        case .member(let base, let property, _): [base, property]
        case .slice(let base, let from, let to): [base] + [from, to].compactMap(\.self)
        case .call(_, let arguments): arguments
        case .loop(_, let list, let predicate): [list] + [predicate].compactMap(\.self)
        case .conditional(let condition, let then, let otherwise): [condition, then, otherwise]
        case .array(let items), .sequence(let items): items
        case .map(let pairs): pairs.flatMap { [$0.key, $0.value] }
        case .declaration(_, let value, let body): [value, body]
        }
    }
}
