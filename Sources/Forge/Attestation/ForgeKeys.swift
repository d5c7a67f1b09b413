public import Sigstore

/// The keys of a forge: its own, with which the merge queue signs, and those whose verdicts it believes.
public struct ForgeKeys: Sendable {
    let signer: any Signer
    /// Who signs records: the queue's own key, and older ones of it.
    let recorders: [any Verifier]
    /// Who signs verdicts.
    let gates: [any Verifier]

    /// - Parameters:
    ///   - signer: the merge queue's own key.
    ///   - recorders: the keys whose records are believed; the signer's must be among them.
    ///   - gates: the keys whose verdicts are believed.
    public init(signer: any Signer, recorders: [any Verifier], gates: [any Verifier]) {
        self.signer = signer
        self.recorders = recorders
        self.gates = gates
    }

    /// One key of the merge queue, and the keys whose verdicts are believed.
    public init(queue: PrivateKey, gates: [PublicKey]) {
        let signer = KeySigner(queue, keyID: "merge-queue")
        self.init(
            signer: signer, recorders: [signer.verifier], gates: gates.map { KeyVerifier($0) })
    }
}
