import Manifest
import Testing

@testable import Sigstore

@Suite struct CheckpointTests {
    static let key = PrivateKey.p256()
    static let root = MerkleTree.emptyRoot

    static func log(_ url: String = "https://log.example") -> TrustedRoot.Log {
        TrustedRoot.Log(baseURL: url, key: key.publicKey, validity: Validity())
    }

    static func note(origin: String = "log.example - 7", name: String = "log.example") throws -> String {
        try Checkpoint.note(origin: origin, name: name, size: 3, root: root, key: key)
    }

    @Test func `a note that was written is read and verifies`() throws {
        let checkpoint = try Checkpoint(note: try Self.note())
        #expect(checkpoint.size == 3)
        #expect(checkpoint.root == Self.root)
        #expect(checkpoint.isOfRekor1)
        try checkpoint.check(signedBy: Self.log(), mustNameHost: false)
    }

    @Test func `signatures of witnesses are skipped, one that claims the log's key must be it`() throws {
        let note = try Self.note()
        let witness = "\u{2014} witness.example \(Base64.encode([9, 9, 9, 9, 1, 2]))\n"
        try Checkpoint(note: note + witness).check(signedBy: Self.log(), mustNameHost: false)
        let forged = Self.key.publicKey.fingerprint.prefix(4) + [1, 2, 3]
        let bad = try Checkpoint(note: note + "\u{2014} log.example \(Base64.encode(forged))\n")
        #expect(throws: SigstoreError.self) { try bad.check(signedBy: Self.log(), mustNameHost: false) }
        let other = TrustedRoot.Log(
            baseURL: "https://log.example", key: PrivateKey.p256().publicKey, validity: Validity())
        let good = try Checkpoint(note: note)
        #expect(throws: SigstoreError.self) { try good.check(signedBy: other, mustNameHost: false) }
    }

    @Test func `further lines are signed too`() throws {
        let text = "log.example - 7\n3\n\(Base64.encode(Self.root))\nTimestamp: 1\n"
        let signature =
            Self.key.publicKey.fingerprint.prefix(4) + (try Self.key.signature(for: Array(text.utf8)))
        let line = "\n\u{2014} log.example \(Base64.encode(signature))\n"
        try Checkpoint(note: text + line).check(signedBy: Self.log(), mustNameHost: false)
        let changed = try Checkpoint(note: text.replacing("Timestamp: 1", with: "Timestamp: 2") + line)
        #expect(throws: SigstoreError.self) { try changed.check(signedBy: Self.log(), mustNameHost: false) }
    }

    @Test func `the origin of Rekor 2 is the log's host`() throws {
        let checkpoint = try Checkpoint(note: try Self.note(origin: "log.example"))
        try checkpoint.check(signedBy: Self.log("https://log.example:443/path"), mustNameHost: true)
        #expect(throws: SigstoreError.self) {
            try checkpoint.check(signedBy: Self.log("https://other.example"), mustNameHost: true)
        }
    }

    @Test func `malformed notes are refused`() throws {
        let note = try Self.note()
        let notes = [
            "", "\n", note.replacing("\n", with: "\r\n"), String(note.dropLast()),
            note.replacing("\n\n", with: "\n\n\n"),
            note.replacing("\n3\n", with: "\n03\n"), note.replacing("\n3\n", with: "\n-3\n"),
            note.replacing("\n3\n", with: "\n3 \n"), note.replacing("\n\n", with: "\n"),
            note.replacing("\u{2014}", with: "-"),
            note + "\n", note.replacing("=\n\n", with: "\n\n"), note + "\u{2014} x\n",
            "a\n1\n\n\u{2014} a AAAAAAAA\n",
        ]
        for note in notes { #expect(throws: SigstoreError.self, "\(note)") { try Checkpoint(note: note) } }
    }
}
