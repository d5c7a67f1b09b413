import TestSupport
import Testing

@testable import Sigstore

@Suite struct MerkleTreeTests {
    /// The definition of RFC 6962 §2.1, without any cleverness.
    static func root(_ leaves: ArraySlice<[UInt8]>) -> [UInt8] {
        if leaves.isEmpty { return MerkleTree.emptyRoot }
        if leaves.count == 1 { return leaves[leaves.startIndex] }
        var half = 1
        while half * 2 < leaves.count { half *= 2 }
        let middle = leaves.startIndex + half
        return MerkleTree.nodeHash(root(leaves[..<middle]), root(leaves[middle...]))
    }

    static let leaves = (0..<70).map { MerkleTree.leafHash([UInt8($0)]) }

    static func tree(_ count: Int) -> LogTree {
        var tree = LogTree()
        for leaf in leaves.prefix(count) { tree.append(leaf) }
        return tree
    }

    @Test func `the root of an empty log and of one entry are those of the standard`() {
        #expect(
            Hex.encode(MerkleTree.emptyRoot)
                == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
        #expect(
            Hex.encode(MerkleTree.leafHash([]))
                == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d")
    }

    @Test func `roots of every size are those of the definition`() {
        let tree = Self.tree(70)
        for size in 0...70 { #expect(tree.root(size: Int64(size)) == Self.root(Self.leaves.prefix(size))) }
    }

    @Test func `every entry of every size is proved, and no other`() {
        let tree = Self.tree(40)
        for size in 1...40 {
            let root = Self.root(Self.leaves.prefix(size))
            for index in 0..<size {
                let proof = tree.inclusionProof(index: Int64(index), size: Int64(size))
                func result(_ leaf: Int, _ index: Int, _ size: Int, _ proof: [[UInt8]]) -> [UInt8]? {
                    MerkleTree.root(
                        leaf: Self.leaves[leaf], index: Int64(index), size: Int64(size), proof: proof)
                }
                #expect(result(index, index, size, proof) == root)
                #expect(result((index + 1) % 70, index, size, proof) != root)
                #expect(result(index, index, size, proof + [root]) != root)
                #expect(result(index, index, size, proof.dropLast()) != root || proof.isEmpty)
                #expect(result(index, size, size, proof) == nil)
                #expect(result(index, -1, size, proof) == nil)
            }
        }
    }

    @Test func `every pair of sizes is consistent, and only with its roots`() {
        let tree = Self.tree(40)
        for second in 0...40 {
            for first in 0...second {
                let proof = tree.consistencyProof(first: Int64(first), second: Int64(second))
                func isConsistent(_ old: Int, _ new: Int, _ proof: [[UInt8]]) -> Bool {
                    MerkleTree.isConsistent(
                        first: Int64(first), firstRoot: Self.root(Self.leaves.prefix(old)),
                        second: Int64(second),
                        secondRoot: Self.root(Self.leaves.prefix(new)), proof: proof)
                }
                #expect(isConsistent(first, second, proof), "\(first) \(second)")
                if first > 0 { #expect(!isConsistent(first - 1, second, proof), "\(first) \(second)") }
                if first > 0 { #expect(!isConsistent(first, second + 1, proof), "\(first) \(second)") }
                if !proof.isEmpty {
                    #expect(!isConsistent(first, second, Array(proof.dropLast())), "\(first) \(second)")
                }
                #expect(!isConsistent(first, second, proof + [MerkleTree.emptyRoot]), "\(first) \(second)")
            }
        }
    }
}
