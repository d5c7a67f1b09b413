import FoundationEssentials
import Manifest

/// An entry of a transparency log, with what the log says to prove it.
public struct LogEntry: Sendable, Hashable {
    /// The way from the entry to a root that the log has signed.
    public struct InclusionProof: Sendable, Hashable {
        /// The entry's place in its shard of the log.
        public var logIndex: Int64
        /// The root that the proof leads to.
        public var rootHash: [UInt8]
        /// The entries of the tree the proof is about.
        public var treeSize: Int64
        /// From the leaf's neighbour upward.
        public var hashes: [[UInt8]]
        /// The signed note with the root, empty where there is none.
        public var checkpoint: String

        /// A proof of a tree of some size.
        public init(
            logIndex: Int64, rootHash: [UInt8], treeSize: Int64, hashes: [[UInt8]], checkpoint: String
        ) {
            self.logIndex = logIndex
            self.rootHash = rootHash
            self.treeSize = treeSize
            self.hashes = hashes
            self.checkpoint = checkpoint
        }
    }

    /// The entry's place in the whole log.
    public var logIndex: Int64
    /// SHA-256 of the log's key, or what Rekor 2 has in its place.
    public var logID: [UInt8]
    /// `hashedrekord`, `dsse` or `intoto`.
    public var kind: String
    /// `0.0.1` or, of Rekor 2 and of intoto, `0.0.2`.
    public var version: String
    /// Seconds since 1970; 0 where the log gives no time.
    public var integratedTime: Int64
    /// The log's signature over body, time, log and index: its promise to include the entry.
    public var signedEntryTimestamp: [UInt8]?
    /// Nil where an entry comes with a promise alone.
    public var inclusionProof: InclusionProof?
    /// The canonical JSON that the log keeps.
    public var body: [UInt8]

    /// An entry as a log has answered it.
    public init(
        logIndex: Int64, logID: [UInt8], kind: String, version: String, integratedTime: Int64,
        signedEntryTimestamp: [UInt8]?, inclusionProof: InclusionProof?, body: [UInt8]
    ) {
        self.logIndex = logIndex
        self.logID = logID
        self.kind = kind
        self.version = version
        self.integratedTime = integratedTime
        self.signedEntryTimestamp = signedEntryTimestamp
        self.inclusionProof = inclusionProof
        self.body = body
    }

    /// Whether a log of Rekor 2 wrote it: no time, no promise, always a proof.
    var isOfRekor2: Bool { version == "0.0.2" && kind != "intoto" }

    /// What the promise is signed over: canonical JSON (RFC 8785).
    var promisedBytes: [UInt8] {
        let text =
            #"{"body":""# + Base64.encode(body) + #"","integratedTime":"# + String(integratedTime)
            + #","logID":""# + Hex.encode(logID) + #"","logIndex":"# + String(logIndex) + "}"
        return Array(text.utf8)
    }

    /// Checks the promise.
    ///
    /// - Returns: when the log took the entry in.
    /// - Throws: `SigstoreError` with code `missing`, `unsupported`, `invalidSignature` or `outsideValidity`.
    func checkPromise(of log: TrustedRoot.Log) throws(SigstoreError) -> Date {
        guard let promise = signedEntryTimestamp, !promise.isEmpty else {
            throw SigstoreError(.missing, "the log entry \(logIndex) has no signed entry timestamp")
        }
        switch log.key.algorithm {
        case .p256, .p384, .p521: break
        case .ed25519, .rsa:
            throw SigstoreError(
                .unsupported, "signed entry timestamps are by ECDSA keys; that of \(log.baseURL) is none")
        }
        guard integratedTime > 0 else {
            throw SigstoreError(.malformed, "the log entry \(logIndex) has a promise, but no time")
        }
        guard log.key.isValid(promise, for: promisedBytes) else {
            throw SigstoreError(
                .invalidSignature,
                "the signed entry timestamp of entry \(logIndex) does not fit its body, time and index; one was changed"
            )
        }
        let time = Date(timeIntervalSince1970: Double(integratedTime))
        guard log.validity.contains(time) else {
            throw SigstoreError(
                .outsideValidity,
                "the key of \(log.baseURL) is trusted from \(log.validity.text), not at \(RFC3339.write(time))"
            )
        }
        return time
    }

    /// Checks that the entry is in the tree whose root the log has signed.
    ///
    /// - Throws: `SigstoreError` with code `missing`, `malformed`, `mismatch`, `untrusted` or `invalidSignature`.
    func checkInclusion(in log: TrustedRoot.Log) throws(SigstoreError) {
        guard let proof = inclusionProof else {
            throw SigstoreError(.missing, "the log entry \(logIndex) has no inclusion proof")
        }
        guard !proof.checkpoint.isEmpty else {
            throw SigstoreError(.missing, "the inclusion proof of entry \(logIndex) has no checkpoint")
        }
        let leaf = MerkleTree.leafHash(body)
        let root = MerkleTree.root(
            leaf: leaf, index: proof.logIndex, size: proof.treeSize, proof: proof.hashes)
        guard let root else {
            throw SigstoreError(
                .malformed,
                "the inclusion proof of entry \(logIndex) has \(proof.hashes.count) hashes, which does not fit "
                    + "index \(proof.logIndex) of \(proof.treeSize)")
        }
        guard root == proof.rootHash else {
            throw SigstoreError(
                .mismatch, "the inclusion proof of entry \(logIndex) does not lead to its root hash")
        }
        let checkpoint = try Checkpoint(note: proof.checkpoint)
        try checkpoint.check(signedBy: log, mustNameHost: isOfRekor2)
        guard checkpoint.root == root, checkpoint.size == proof.treeSize else {
            throw SigstoreError(
                .mismatch,
                "the checkpoint is of a tree of \(checkpoint.size) entries with another root than the proof's "
                    + "(\(proof.treeSize) entries)")
        }
    }
}
