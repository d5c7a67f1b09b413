import Foundation
import Manifest
import TestSupport
import Testing

/// Images signed and verified by the program, against a registry and an authority in processes of their own.
@Suite(.serialized) struct ImageSigningCommandTests {
    /// An image in a registry, and an authority to sign it.
    private struct World {
        let slipway: SlipwayProcess
        let registry: ServingProcess
        let sigstore: ServingProcess
        let image: String
        let digest: String

        init() async throws {
            slipway = try SlipwayProcess()
            registry = try ServingProcess.registry(in: slipway.directory)
            sigstore = try ServingProcess.sigstore(in: slipway.directory)
            try slipway.write("idna==3.7\n", to: "requirements.txt")
            let commit = String(repeating: "0123456789", count: 4)
            let built = try await slipway.run(
                "image", "build", "\(registry.domain)/team/app", "--revision", commit, "--layer",
                "requirements.txt:/app/requirements.txt", "--store", "images", "--push", "--output", "json")
            digest = String(try #require(built.output.firstMatch(of: /sha256:[0-9a-f]{64}/)).0)
            image = "\(registry.domain)/team/app:\(commit)"
            let token = try await slipway.run(
                "sigstore", "token", "--data", "instance", "--url", sigstore.url, "--subject", "urn:me")
            try slipway.write(token.output, to: "token")
        }

        var signing: [String] {
            [
                "sign", image, "--identity-token-file", "token", "--fulcio-url", sigstore.url, "--rekor-url",
                sigstore.url, "--trusted-root", "instance/trusted_root.json",
            ]
        }

        func verify(_ arguments: String...) async throws -> Program.Outcome {
            try await slipway.run(
                [
                    "verify", image, "--identity", "urn:me", "--issuer", sigstore.url, "--trusted-root",
                    "instance/trusted_root.json",
                ] + arguments)
        }

        /// The layers of the tag that signatures of cosign 1 and 2 lie under.
        func tagLayers() async throws -> [Value] {
            let tag = "\(registry.domain)/team/app:\(digest.replacing(":", with: "-")).sig"
            let outcome = try await slipway.run("image", "inspect", tag, "--remote", "--output", "json")
            #expect(outcome.code == 0, "\(outcome.error)")
            return try JSON.parse(outcome.output)["manifest", "layers"]?.arrayValue ?? []
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `an image is signed in both layouts, and each check of each signature is told`() async throws {
        let world = try await World()
        let unsigned = try await world.verify()
        #expect(unsigned.code == 1, "\(unsigned.output)\(unsigned.error)")
        let signed = try await world.slipway.run(world.signing)
        #expect(signed.code == 0, "\(signed.error)")
        let valid = try await world.verify()
        #expect(valid.code == 0, "\(valid.output)\(valid.error)")
        #expect(valid.output.contains("trusted root: DEVELOPMENT"))
        let json = try JSON.parse(try await world.verify("--output", "json").output)
        let signatures = json["signatures"]?.arrayValue ?? []
        #expect(signatures.count == 2)
        for signature in signatures {
            let names = (signature["checks"]?.arrayValue ?? []).compactMap { $0["name"]?.stringValue }
            #expect(
                names == [
                    "structure", "transparency log", "signing time", "certificate",
                    "certificate transparency", "identity", "signature", "log entry content", "subject",
                ])
        }
        let other = try await world.slipway.run(
            "verify", world.image, "--identity", "urn:you", "--issuer", world.sigstore.url, "--trusted-root",
            "instance/trusted_root.json")
        #expect(other.code == 1)
        #expect(other.output.contains("FAIL") && other.output.contains("identity"))
        #expect(try await world.tagLayers().count == 1)
    }

    @Test(.timeLimit(.minutes(5)))
    func `the parts of an image are listed and attested beside it`() async throws {
        let world = try await World()
        let bill = try await world.slipway.run("sbom", "--image", world.image, "--out", "bom.json")
        #expect(bill.code == 0, "\(bill.error)")
        let document = try JSON.parse(try world.slipway.read("bom.json"))
        #expect(document["metadata", "component", "type"] == "container")
        #expect(document["metadata", "component", "version"]?.stringValue == world.digest)
        #expect(document["components"]?[0]?["purl"] == "pkg:pypi/idna@3.7")
        let attested = try await world.slipway.run(
            world.signing + ["--statement", "bom.json", "--type", "cyclonedx"])
        #expect(attested.code == 0, "\(attested.error)")
        // A statement about an image is no signature of it.
        #expect(try await world.verify().code == 1)
        let statement = try await world.verify("--type", "cyclonedx")
        #expect(statement.code == 0, "\(statement.output)\(statement.error)")
        let tree = try await world.slipway.run("image", "tree", world.image)
        #expect(tree.output.contains("https://cyclonedx.org/bom"), "\(tree.output)")
    }

    /// Registries know no condition for it, and this one does: no process may take another's signature away.
    @Test(.timeLimit(.minutes(5))) func `processes that sign one image at once lose no signature`()
        async throws
    {
        let world = try await World()
        let (signing, directory) = (world.signing + ["--layout", "tag"], world.slipway.directory.path)
        let program = try #require(Program.built("slipway"))
        let codes = try await withThrowingTaskGroup(of: Int32.self) { group in
            for _ in 0..<6 {
                group.addTask {
                    try await Program.run(program, signing, in: directory).code
                }
            }
            var codes: [Int32] = []
            for try await code in group { codes.append(code) }
            return codes
        }
        #expect(codes == Array(repeating: 0, count: 6))
        #expect(try await world.tagLayers().count == 6)
        #expect(try await world.verify().code == 0)
    }
}
