/// The hashes of a growing log: every subtree that is complete, so that roots and proofs of any size cost a few
/// hashes (RFC 6962 §2.1).
struct LogTree: Sendable {
    /// `levels[h]` holds the hashes of the subtrees of 2^h entries, 32 bytes each, from the left.
    private var levels: [[UInt8]] = [[]]

    private(set) var count: Int64 = 0

    /// Adds an entry's leaf hash.
    mutating func append(_ leaf: [UInt8]) {
        var (hash, level) = (leaf, 0)
        while true {
            if level == levels.count { levels.append([]) }
            levels[level] += hash
            let nodes = levels[level].count / 32
            guard nodes % 2 == 0 else { break }
            hash = MerkleTree.nodeHash(node(level, nodes - 2), node(level, nodes - 1))
            level += 1
        }
        count += 1
    }

    /// The root of the first `size` entries.
    func root(size: Int64) -> [UInt8] { size == 0 ? MerkleTree.emptyRoot : hash(0, size) }

    /// The siblings on the way from an entry to the root of the first `size` entries.
    ///
    /// - Precondition: `0 <= index < size <= count`.
    func inclusionProof(index: Int64, size: Int64) -> [[UInt8]] {
        precondition(index >= 0 && index < size && size <= count, "the entry must be in the log")
        return path(index, 0, size)
    }

    /// The hashes that show that the log of the second size begins with that of the first.
    ///
    /// - Precondition: `0 <= first <= second <= count`.
    func consistencyProof(first: Int64, second: Int64) -> [[UInt8]] {
        precondition(first >= 0 && first <= second && second <= count, "both sizes must be of this log")
        return first == 0 || first == second ? [] : subproof(first, 0, second, true)
    }

    func leaf(_ index: Int64) -> [UInt8] { node(0, Int(index)) }

    private func node(_ level: Int, _ index: Int) -> [UInt8] {
        Array(levels[level][index * 32..<index * 32 + 32])
    }

    /// The hash of entries `start..<end`; a complete, aligned subtree is at hand.
    private func hash(_ start: Int64, _ end: Int64) -> [UInt8] {
        let size = end - start
        if size & (size - 1) == 0 {
            let level = size.trailingZeroBitCount
            return node(level, Int(start >> Int64(level)))
        }
        let split = start + Self.largestPowerOfTwo(below: size)
        return MerkleTree.nodeHash(hash(start, split), hash(split, end))
    }

    private func path(_ index: Int64, _ start: Int64, _ end: Int64) -> [[UInt8]] {
        guard end - start > 1 else { return [] }
        let split = start + Self.largestPowerOfTwo(below: end - start)
        return index < split
            ? path(index, start, split) + [hash(split, end)] : path(index, split, end) + [hash(start, split)]
    }

    private func subproof(_ size: Int64, _ start: Int64, _ end: Int64, _ isWhole: Bool) -> [[UInt8]] {
        if start + size == end { return isWhole ? [] : [hash(start, end)] }
        let half = Self.largestPowerOfTwo(below: end - start)
        return size <= half
            ? subproof(size, start, start + half, isWhole) + [hash(start + half, end)]
            : subproof(size - half, start + half, end, false) + [hash(start, start + half)]
    }

    /// The largest power of two that is smaller than a number of at least 2.
    private static func largestPowerOfTwo(below size: Int64) -> Int64 {
        1 << Int64(MerkleTree.bitLength(UInt64(size - 1)) - 1)
    }
}
