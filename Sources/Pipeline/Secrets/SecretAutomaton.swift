/// Finds all of a set of byte strings at once.
///
/// Long secrets have many forms and so many states; a state costs some 20 bytes, as most have one follower.
struct SecretAutomaton: Sendable {
    /// Followers as linked lists: the byte, the state it leads to, and the next edge of the same state.
    private struct Edge {
        var byte: UInt8
        var target: Int32
        var next: Int32
    }

    private var edges: [Edge] = []
    private var firstEdges: [Int32] = [-1]
    private var failures: [Int32] = [0]
    private var depths: [Int32] = [0]
    /// The longest pattern that ends in a state.
    private var lengths: [Int32] = [0]
    let isEmpty: Bool

    init(_ patterns: Set<[UInt8]>) {
        isEmpty = patterns.isEmpty
        for pattern in patterns {
            var state: Int32 = 0
            for byte in pattern { state = follower(of: state, byte) ?? add(byte, after: state) }
            lengths[Int(state)] = max(lengths[Int(state)], Int32(pattern.count))
        }
        link()
    }

    private mutating func add(_ byte: UInt8, after state: Int32) -> Int32 {
        let new = Int32(depths.count)
        edges.append(Edge(byte: byte, target: new, next: firstEdges[Int(state)]))
        firstEdges[Int(state)] = Int32(edges.count - 1)
        firstEdges.append(-1)
        failures.append(0)
        depths.append(depths[Int(state)] + 1)
        lengths.append(0)
        return new
    }

    /// Gives every state the longest other one that it ends with.
    private mutating func link() {
        var queue: [Int32] = [0]
        var head = 0
        while head < queue.count {
            let state = queue[head]
            head += 1
            var edge = firstEdges[Int(state)]
            while edge >= 0 {
                let (byte, target) = (edges[Int(edge)].byte, edges[Int(edge)].target)
                failures[Int(target)] = state == 0 ? 0 : next(failures[Int(state)], byte)
                lengths[Int(target)] = max(lengths[Int(target)], lengths[Int(failures[Int(target)])])
                queue.append(target)
                edge = edges[Int(edge)].next
            }
        }
    }

    private func follower(of state: Int32, _ byte: UInt8) -> Int32? {
        var edge = firstEdges[Int(state)]
        while edge >= 0 {
            if edges[Int(edge)].byte == byte { return edges[Int(edge)].target }
            edge = edges[Int(edge)].next
        }
        return nil
    }

    /// The state after one more byte.
    func next(_ state: Int32, _ byte: UInt8) -> Int32 {
        var state = state
        while true {
            if let target = follower(of: state, byte) { return target }
            if state == 0 { return 0 }
            state = failures[Int(state)]
        }
    }

    /// How many of the last bytes may be the beginning of a pattern.
    func depth(_ state: Int32) -> Int32 { depths[Int(state)] }

    /// The length of the longest pattern that ends here; 0 for none.
    func matchLength(_ state: Int32) -> Int32 { lengths[Int(state)] }
}
