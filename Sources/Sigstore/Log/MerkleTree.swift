import Crypto

/// The hashes of an append-only log (RFC 6962 §2.1 with SHA-256).
public enum MerkleTree {
    /// The root of a log without entries.
    public static var emptyRoot: [UInt8] { [UInt8](SHA256.hash(data: [UInt8]())) }

    /// The hash of an entry.
    public static func leafHash(_ entry: some Collection<UInt8>) -> [UInt8] {
        var hasher = SHA256()
        hasher.update(data: [0])
        hasher.update(data: Array(entry))
        return [UInt8](hasher.finalize())
    }

    /// The hash of a pair.
    public static func nodeHash(_ left: [UInt8], _ right: [UInt8]) -> [UInt8] {
        var hasher = SHA256()
        hasher.update(data: [1])
        hasher.update(data: left)
        hasher.update(data: right)
        return [UInt8](hasher.finalize())
    }

    /// The root that an inclusion proof leads to, nil where its length does not fit index and size.
    public static func root(leaf: [UInt8], index: Int64, size: Int64, proof: [[UInt8]]) -> [UInt8]? {
        guard index >= 0, index < size else { return nil }
        // Below where the ways to the entry and to the last one part, siblings stand on both sides; above, only left.
        let inner = bitLength(UInt64(index ^ (size - 1)))
        let border = (UInt64(index) >> UInt64(inner)).nonzeroBitCount
        guard proof.count == inner + border else { return nil }
        var hash = leaf
        for (level, sibling) in proof.prefix(inner).enumerated() {
            hash = (index >> Int64(level)) & 1 == 0 ? nodeHash(hash, sibling) : nodeHash(sibling, hash)
        }
        for sibling in proof.dropFirst(inner) { hash = nodeHash(sibling, hash) }
        return hash
    }

    /// Whether a proof shows that the log of the second size begins with the log of the first.
    public static func isConsistent(
        first: Int64, firstRoot: [UInt8], second: Int64, secondRoot: [UInt8], proof: [[UInt8]]
    ) -> Bool {
        guard first >= 0, first <= second else { return false }
        if first == second { return proof.isEmpty && firstRoot == secondRoot }
        if first == 0 { return proof.isEmpty && firstRoot == emptyRoot }
        guard var seed = proof.first else { return false }
        var rest = proof[...]
        // A first log of a power of two is a whole subtree, so its root begins the proof unsaid.
        if first & (first - 1) == 0 { seed = firstRoot } else { rest = rest.dropFirst() }
        var (node, last) = (first - 1, second - 1)
        while node & 1 == 1 { (node, last) = (node >> 1, last >> 1) }
        var (old, new) = (seed, seed)
        for hash in rest {
            guard last != 0 else { return false }
            if node & 1 == 1 || node == last {
                (old, new) = (nodeHash(hash, old), nodeHash(hash, new))
                while node & 1 == 0, node != 0 { (node, last) = (node >> 1, last >> 1) }
            } else {
                new = nodeHash(new, hash)
            }
            (node, last) = (node >> 1, last >> 1)
        }
        return last == 0 && old == firstRoot && new == secondRoot
    }

    static func bitLength(_ value: UInt64) -> Int { UInt64.bitWidth - value.leadingZeroBitCount }
}
