import Git
import KubeModel
import Manifest
import Sigstore

/// Makes and checks the records that let commits onto protected branches.
struct Attestor: Sendable {
    let keys: ForgeKeys

    /// Signs a record.
    func sign(_ record: MergeRecord) throws -> [UInt8] {
        try Envelope.sign(try record.payload(), type: MergeRecord.payloadType, with: [keys.signer]).json
    }

    /// The record of a commit, its signature checked.
    ///
    /// - Throws: ``ForgeError`` with code `unattested`.
    func record(of commit: ObjectID, in git: GitRepository) async throws -> MergeRecord {
        let reference = MergeRecord.reference(commit.hex)
        guard let object = try await git.object(reference, limit: 4 << 20), object.kind == .blob else {
            throw ForgeError(.unattested, "commit \(commit.short) has no signed record")
        }
        do {
            let envelope = try Envelope(json: object.content)
            let payload = try envelope.verified(by: keys.recorders, type: MergeRecord.payloadType)
            return try MergeRecord(payload: payload)
        } catch {
            throw ForgeError(.unattested, "the record of commit \(commit.short) does not hold", cause: error)
        }
    }

    /// The verdict in an envelope, its signature checked and its gates passed.
    ///
    /// - Throws: ``ForgeError`` with code `unattested`.
    func verdict(_ envelope: String) throws(ForgeError) -> Verdict {
        let verdict: Verdict
        do {
            let envelope = try Envelope(json: Array(envelope.utf8))
            verdict = try Verdict(payload: try envelope.verified(by: keys.gates, type: Verdict.payloadType))
        } catch {
            throw ForgeError(.unattested, "the verdict's signature does not hold", cause: error)
        }
        if let refusal = verdict.refusal {
            throw ForgeError(.unattested, "the verdict does not let it pass: \(refusal)")
        }
        return verdict
    }

    /// Checks what can be checked of a commit at any later time: that its record and the verdicts in it hold, and
    /// are about exactly this tree.
    ///
    /// - Returns: the record.
    /// - Throws: ``ForgeError`` with code `unattested`.
    @discardableResult
    func check(_ commit: Commit, in git: GitRepository, repository: String) async throws -> MergeRecord {
        let record = try await record(of: commit.id, in: git)
        func require(_ condition: Bool, _ fault: String) throws(ForgeError) {
            guard condition else {
                throw ForgeError(.unattested, "the record of commit \(commit.id.short) \(fault)")
            }
        }
        try require(record.repository == repository, "is of repository \(record.repository)")
        try require(record.commit == commit.id.hex, "is about commit \(record.commit)")
        try require(record.tree == commit.tree.hex, "is about tree \(record.tree), not \(commit.tree)")
        let isFirst = record.base == ObjectID.zero.hex
        try require(
            isFirst || record.base == commit.parents.first?.hex,
            "is about base \(record.base), not its first parent")
        guard record.gates == RepositorySpec.Gates.required.rawValue else {
            try require(
                record.gates == RepositorySpec.Gates.none.rawValue, "asks for gates \"\(record.gates)\"")
            return record
        }
        try require(!record.verdicts.isEmpty, "holds no verdict")
        for envelope in record.verdicts {
            let verdict = try verdict(envelope)
            try require(
                verdict.repository == repository, "holds a verdict of repository \(verdict.repository)")
            try require(
                verdict.commit == record.tested?.commit ?? record.commit,
                "holds a verdict of commit \(verdict.commit)")
            try require(
                verdict.base == record.tested?.base ?? record.base, "holds a verdict of base \(verdict.base)")
            if record.tested == nil {
                try require(verdict.tree == record.tree, "holds a verdict of tree \(verdict.tree)")
            }
        }
        return record
    }
}
