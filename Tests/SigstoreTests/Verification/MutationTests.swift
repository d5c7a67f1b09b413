import Manifest
import Sigstore
import TestSupport
import Testing

/// Good bundles with one bit flipped somewhere: none of them may be valid, and none may end the program.
@Suite struct MutationTests {
    static let names = [
        "ok-tree-size-1000", "ok-dsse-cosign-sign", "ok-rekor2-hashedrekord", "ok-email-identity",
    ]

    /// Flips one bit of one part.
    static func mutate(_ bundle: SignatureBundle, _ random: inout SeededGenerator) -> (
        String, SignatureBundle
    ) {
        var bundle = bundle
        func flip(_ bytes: inout [UInt8]) {
            guard !bytes.isEmpty else { return }
            bytes[Int.random(in: 0..<bytes.count, using: &random)] ^=
                1 << UInt8.random(in: 0..<8, using: &random)
        }
        switch Int.random(in: 0..<9, using: &random) {
        case 0:
            guard case .certificate(var bytes) = bundle.signer else { return ("nothing", bundle) }
            flip(&bytes)
            bundle.signer = .certificate(bytes)
            return ("certificate", bundle)
        case 1:
            switch bundle.content {
            case .message(let digest, var signature):
                flip(&signature)
                bundle.content = .message(digest: digest, signature: signature)
            case .envelope(var envelope):
                flip(&envelope.signatures[0].signature)
                bundle.content = .envelope(envelope)
            }
            return ("signature", bundle)
        case 2:
            flip(&bundle.logEntries[0].body)
            return ("body", bundle)
        case 3:
            guard var promise = bundle.logEntries[0].signedEntryTimestamp else { return ("nothing", bundle) }
            flip(&promise)
            bundle.logEntries[0].signedEntryTimestamp = promise
            return ("promise", bundle)
        case 4:
            var note = Array(bundle.logEntries[0].inclusionProof?.checkpoint.utf8 ?? "".utf8)
            flip(&note)
            bundle.logEntries[0].inclusionProof?.checkpoint = String(decoding: note, as: UTF8.self)
            return ("checkpoint", bundle)
        case 5:
            guard var proof = bundle.logEntries[0].inclusionProof, !proof.hashes.isEmpty else {
                return ("nothing", bundle)
            }
            flip(&proof.hashes[Int.random(in: 0..<proof.hashes.count, using: &random)])
            bundle.logEntries[0].inclusionProof = proof
            return ("proof", bundle)
        case 6:
            flip(&bundle.logEntries[0].logID)
            return ("log", bundle)
        case 7:
            guard !bundle.timestamps.isEmpty else { return ("nothing", bundle) }
            flip(&bundle.timestamps[0])
            return ("timestamp", bundle)
        default:
            guard case .envelope(var envelope) = bundle.content else { return ("nothing", bundle) }
            flip(&envelope.payload)
            bundle.content = .envelope(envelope)
            return ("payload", bundle)
        }
    }

    @Test(arguments: names) func `no bit can be flipped`(name: String) throws {
        let vector = try #require(Vector.all("bundle").first { $0.folder.hasSuffix("/\(name)") })
        let bundle = try SignatureBundle(json: try vector.file("bundle.sigstore.json"))
        let artifact = Artifact(try vector.file("artifact"))
        let verifier = SignatureVerifier(trustedRoot: try vector.trustedRoot())
        let policy = try vector.policy()
        let seed = UInt64.random(in: 0...UInt64.max)
        print("mutation seed of \(name): \(seed)")
        var random = SeededGenerator(seed: seed)
        var counts: [String: Int] = [:]
        let times = verifier.verify(bundle, of: artifact, by: .identity(policy)).result?.times
        #expect(times?.isEmpty == false)
        for _ in 0..<400 {
            let (part, changed) = Self.mutate(bundle, &random)
            counts[part, default: 0] += 1
            guard part != "nothing" else { continue }
            let report = verifier.verify(changed, of: artifact, by: .identity(policy))
            // An RFC 3161 answer has parts that nobody signs and nobody believes; its time is not among them.
            let isHarmless = part == "timestamp" && report.result?.times == times
            let isAccepted = report.isValid
            #expect(!isAccepted || isHarmless, "a changed \(part) was accepted, seed \(seed)")
        }
        #expect(counts.count > 4)
    }

    @Test(arguments: names) func `no text of a bundle ends the program`(name: String) throws {
        let vector = try #require(Vector.all("bundle").first { $0.folder.hasSuffix("/\(name)") })
        let text = try vector.file("bundle.sigstore.json")
        let verifier = SignatureVerifier(trustedRoot: try vector.trustedRoot())
        let artifact = Artifact(try vector.file("artifact"))
        let policy = try vector.policy()
        let seed = UInt64.random(in: 0...UInt64.max)
        print("text seed of \(name): \(seed)")
        var random = SeededGenerator(seed: seed)
        for _ in 0..<400 {
            var changed = text
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                changed[Int.random(in: 0..<changed.count, using: &random)] = UInt8.random(
                    in: 32..<127, using: &random)
            }
            guard let bundle = try? SignatureBundle(json: changed) else { continue }
            // Only a character between tokens, or a hint that nobody believes, may change without harm.
            _ = verifier.verify(bundle, of: artifact, by: .identity(policy))
        }
    }
}
