import FoundationEssentials
import Manifest

/// An append-only transparency log on this machine's disk.
///
/// It keeps what Rekor 1 keeps and proves what Rekor 1 proves. It has no witnesses and its key lies beside it, so it
/// shows honest mistakes, not a dishonest owner: everything it signs names itself a development log.
///
/// Appends that come at the same time share one write and one sync. An answer leaves only after its entry and the
/// checkpoint over it are on the disk.
actor DevelopmentLog {
    /// The name in checkpoints.
    static let name = "slipway-development"

    nonisolated let key: PrivateKey
    nonisolated let treeID: Int64
    nonisolated let logID: [UInt8]
    private let file: LogFile
    private let directory: String
    private let queue = FileQueue(label: "slipway.sigstore.log")
    private let now: @Sendable () -> Date

    private var tree = LogTree()
    /// Places of the records in the file.
    private var offsets: [Int64] = []
    private var indexByLeaf: [[UInt8]: Int64] = [:]
    private var indexByKey: [String: [Int64]] = [:]
    private var checkpoint = ""

    private struct Waiting {
        var entry: ProposedEntry
        var leaf: [UInt8]
        var continuation: CheckedContinuation<Turn, Never>
    }

    private enum Turn {
        case done(Result<Int64, SigstoreError>)
        /// The batch before has been written; write the next one.
        case lead
    }

    private var waiting: [Waiting] = []
    private var isWriting = false

    /// Opens a log, recovering what a crash has left.
    ///
    /// - Throws: `SigstoreError` with code `storage` for a damaged or shortened log, `conflict` where another process
    ///   has it open.
    init(directory: String, key: PrivateKey, treeID: Int64, now: @escaping @Sendable () -> Date)
        async throws(SigstoreError)
    {
        self.directory = directory
        self.key = key
        self.treeID = treeID
        self.now = now
        logID = key.publicKey.fingerprint
        let recovered = try await queue.run { () throws(SigstoreError) in
            try Recovered(directory: directory, key: key.publicKey)
        }
        file = recovered.file
        tree = recovered.tree
        offsets = recovered.offsets
        indexByLeaf = recovered.indexByLeaf
        indexByKey = recovered.indexByKey
        checkpoint = try note(tree)
    }

    /// The number of entries.
    var count: Int64 { tree.count }

    /// The signed note of the log as it is.
    var signedTreeHead: String { checkpoint }

    var rootHash: [UInt8] { tree.root(size: tree.count) }

    /// Appends an entry.
    ///
    /// - Returns: its index, and whether it was there before: an entry is kept once.
    /// - Throws: `SigstoreError` with code `storage` if it could not be written; then it is not in the log.
    func append(_ entry: ProposedEntry) async throws(SigstoreError) -> (index: Int64, isNew: Bool) {
        guard entry.body.count <= LogFile.maximumBody else {
            throw SigstoreError(
                .tooLarge, "the entry has \(entry.body.count) bytes, more than \(LogFile.maximumBody)")
        }
        let leaf = MerkleTree.leafHash(entry.body)
        if let index = indexByLeaf[leaf] { return (index, false) }
        if !isWriting {
            isWriting = true
            return (try await lead(entry, leaf), true)
        }
        let turn = await withCheckedContinuation { continuation in
            waiting.append(Waiting(entry: entry, leaf: leaf, continuation: continuation))
        }
        switch turn {
        case .done(let result): return (try result.get(), true)
        case .lead:
            // The same entry can have come in with the batch before.
            if let index = indexByLeaf[leaf] {
                handOver()
                return (index, false)
            }
            return (try await lead(entry, leaf), true)
        }
    }

    /// Writes a batch: an entry and all that wait.
    private func lead(_ entry: ProposedEntry, _ leaf: [UInt8]) async throws(SigstoreError) -> Int64 {
        // Whoever waits for an entry that is written already gets its index; equal ones in one batch are one entry.
        var batch = [(entry, leaf)]
        var places: [[UInt8]: Int] = [leaf: 0]
        let others = waiting
        waiting = []
        for other in others where places[other.leaf] == nil && indexByLeaf[other.leaf] == nil {
            places[other.leaf] = batch.count
            batch.append((other.entry, other.leaf))
        }
        let time = Int64(now().timeIntervalSince1970)
        let records = batch.map { LogFile.Record(time: time, body: $0.0.body) }
        var grown = tree
        for (_, leaf) in batch { grown.append(leaf) }
        let first = tree.count
        let result: Result<Int64, SigstoreError>
        do throws(SigstoreError) {
            let note = try note(grown)
            let (file, path) = (file, directory + "/checkpoint")
            let written = try await queue.run { () throws(SigstoreError) in
                let offsets = try file.append(records)
                do throws(SigstoreError) {
                    try PrivateFiles.replace(path, with: Array(note.utf8))
                } catch {
                    if let first = offsets.first { file.cutOff(at: first) }
                    throw error
                }
                return offsets
            }
            tree = grown
            offsets += written
            for (place, item) in batch.enumerated() {
                let index = first + Int64(place)
                indexByLeaf[item.1] = index
                guard let body = try? JSON.parse(item.0.body) else { continue }
                for key in ProposedEntry.searchKeys(body: body) { indexByKey[key, default: []].append(index) }
            }
            checkpoint = note
            result = .success(first)
        } catch {
            result = .failure(error)
        }
        for other in others {
            switch result {
            case .success:
                other.continuation.resume(returning: .done(.success(indexByLeaf[other.leaf] ?? first)))
            case .failure(let error): other.continuation.resume(returning: .done(.failure(error)))
            }
        }
        handOver()
        return try result.get()
    }

    private func handOver() {
        guard !waiting.isEmpty else {
            isWriting = false
            return
        }
        waiting.removeFirst().continuation.resume(returning: .lead)
    }

    private func note(_ tree: LogTree) throws(SigstoreError) -> String {
        try Checkpoint.note(
            origin: "\(Self.name) - \(treeID)", name: Self.name, size: tree.count,
            root: tree.root(size: tree.count),
            key: key)
    }

    // MARK: Reading

    /// An entry with its proofs, nil where there is none at the index.
    func entry(_ index: Int64) async throws(SigstoreError) -> LogEntry? {
        guard index >= 0, index < tree.count else { return nil }
        let (size, root, note) = (tree.count, tree.root(size: tree.count), checkpoint)
        let proof = tree.inclusionProof(index: index, size: size)
        let (file, offset) = (file, offsets[Int(index)])
        let record = try await queue.run { () throws(SigstoreError) in try file.record(at: offset) }
        let body = try? JSON.parse(record.body)
        var entry = LogEntry(
            logIndex: index, logID: logID, kind: body?["kind"]?.stringValue ?? "",
            version: body?["apiVersion"]?.stringValue ?? "", integratedTime: record.time,
            signedEntryTimestamp: nil,
            inclusionProof: LogEntry.InclusionProof(
                logIndex: index, rootHash: root, treeSize: size, hashes: proof, checkpoint: note),
            body: record.body)
        entry.signedEntryTimestamp = try key.signature(for: entry.promisedBytes)
        return entry
    }

    /// The index of the entry with a leaf hash.
    func index(ofLeaf hash: [UInt8]) -> Int64? { indexByLeaf[hash] }

    /// The name of an entry in the API: tree and leaf hash.
    func uuid(_ index: Int64) -> String { Self.uuid(treeID, tree.leaf(index)) }

    static func uuid(_ treeID: Int64, _ leaf: [UInt8]) -> String {
        Hex.encode(SignedCertificateTimestamp.bigEndian(UInt64(treeID), count: 8)) + Hex.encode(leaf)
    }

    /// The entries that a digest, key or e-mail address is found by.
    func search(_ key: String) -> [Int64] { indexByKey[key] ?? [] }

    /// The hashes between two sizes, with the root of the second; nil where the log is smaller.
    func consistency(first: Int64, second: Int64) -> (hashes: [[UInt8]], root: [UInt8])? {
        guard first >= 0, first <= second, second <= tree.count else { return nil }
        return (tree.consistencyProof(first: first, second: second), tree.root(size: second))
    }
}

/// What is on the disk when a log is opened.
private struct Recovered: Sendable {
    let file: LogFile
    var tree = LogTree()
    var offsets: [Int64] = []
    var indexByLeaf: [[UInt8]: Int64] = [:]
    var indexByKey: [String: [Int64]] = [:]

    init(directory: String, key: PublicKey) throws(SigstoreError) {
        try PrivateFiles.makeDirectory(directory)
        file = try LogFile(directory + "/entries")
        var vouched: Checkpoint?
        if let note = try PrivateFiles.read(directory + "/checkpoint") {
            let read = try Checkpoint(note: String(decoding: note, as: UTF8.self))
            let signatures = read.signatures.filter { key.isValid($0.signature, for: read.signedText) }
            guard !signatures.isEmpty else {
                throw SigstoreError(
                    .storage,
                    "the checkpoint in \(directory) is not signed by this log's key; keys and log do not belong together"
                )
            }
            vouched = read
        }
        var (tree, offsets) = (tree, offsets)
        var (leaves, keys) = (indexByLeaf, indexByKey)
        try file.recover(minimum: vouched?.size ?? 0) { (record, offset) throws(SigstoreError) in
            let leaf = MerkleTree.leafHash(record.body)
            leaves[leaf] = tree.count
            if let body = try? JSON.parse(record.body) {
                for key in ProposedEntry.searchKeys(body: body) { keys[key, default: []].append(tree.count) }
            }
            tree.append(leaf)
            offsets.append(offset)
        }
        if let vouched, tree.root(size: vouched.size) != vouched.root {
            throw SigstoreError(
                .storage,
                "the entries in \(directory) are not those that the log has vouched for; restore the newest copy"
            )
        }
        (self.tree, self.offsets, indexByLeaf, indexByKey) = (tree, offsets, leaves, keys)
    }
}
