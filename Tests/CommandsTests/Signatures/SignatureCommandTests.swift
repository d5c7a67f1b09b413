import Foundation
import Manifest
import TestSupport
import Testing

/// The commands as people run them, against an instance in a process of its own.
@Suite struct SignatureCommandTests {
    /// Runs `slipway sigstore serve` for as long as the body does, and hands out its address.
    static func withServer(_ body: (SlipwayProcess, String) async throws -> Void) async throws {
        let slipway = try SlipwayProcess()
        let server = try ServingProcess.sigstore(in: slipway.directory)
        try await body(slipway, server.url)
    }

    @Test func `a file is signed and verified, and every check is named`() async throws {
        try await Self.withServer { slipway, url in
            try slipway.write("release\n", to: "artifact")
            let token = try await slipway.run(
                "sigstore", "token", "--data", "instance", "--url", url, "--subject", "urn:me")
            #expect(token.code == 0, "\(token.error)")
            try slipway.write(token.output, to: "token")
            let root = "instance/trusted_root.json"
            let signed = try await slipway.run(
                "sign", "--file", "artifact", "--bundle", "bundle.json", "--identity-token-file", "token",
                "--fulcio-url", url, "--rekor-url", url, "--trusted-root", root)
            #expect(signed.code == 0, "\(signed.error)")
            func verify(_ arguments: String...) async throws -> Program.Outcome {
                try await slipway.run(
                    ["verify", "--bundle", "bundle.json", "--issuer", url, "--trusted-root", root] + arguments
                )
            }
            let valid = try await verify("--file", "artifact", "--identity", "urn:me")
            #expect(valid.code == 0, "\(valid.output)\(valid.error)")
            #expect(valid.output.contains("trusted root: DEVELOPMENT"))
            #expect(valid.output.hasSuffix("valid\n"))
            let json = try JSON.parse(
                try await verify("--file", "artifact", "--identity", "urn:me", "--output", "json").output)
            let names = (json["signatures"]?[0]?["checks"]?.arrayValue ?? []).compactMap {
                $0["name"]?.stringValue
            }
            #expect(
                names == [
                    "structure", "transparency log", "signing time", "certificate",
                    "certificate transparency",
                    "identity", "signature", "log entry content", "subject",
                ])
            #expect(json["verdict"] == "valid")
            #expect(json["signatures"]?[0]?["signer"]?["identity"] == "urn:me")
            #expect(try await verify("--file", "artifact", "--identity", "urn:you").code == 1)
            #expect(try await verify("--file", "artifact", "--identity-regexp", "urn:.*").code == 0)
            #expect(try await verify("--file", "artifact", "--identity-regexp", "m").code == 1)
            #expect(try await verify("--file", "artifact", "--identity-regexp", "m", "--search").code == 0)
            try slipway.write("changed\n", to: "artifact")
            let changed = try await verify("--file", "artifact", "--identity", "urn:me")
            #expect(changed.code == 1)
            #expect(changed.output.contains("FAIL"))
            #expect(try await verify("--file", "missing", "--identity", "urn:me").code == 2)
        }
    }

    @Test func `an instance is not reachable from other machines unless told`() async throws {
        let slipway = try SlipwayProcess()
        let refused = try await slipway.run("sigstore", "serve", "--listen", "0.0.0.0:0")
        #expect(refused.code != 0)
        #expect(refused.error.contains("--allow-remote"))
    }

    @Test func `the packages of a tree are listed the same each time`() async throws {
        let slipway = try SlipwayProcess()
        try slipway.write("idna==3.7\n", to: "requirements.txt")
        try slipway.write("{", to: "package-lock.json")
        let first = try await slipway.run("sbom", ".", "--name", "shop")
        #expect(first.code == 0)
        #expect(first.error.contains("package-lock.json cannot be read"))
        #expect(try await slipway.run("sbom", ".", "--name", "shop").output == first.output)
        let document = try JSON.parse(first.output)
        #expect(document["components"]?[0]?["purl"] == "pkg:pypi/idna@3.7")
        #expect(document["metadata", "component", "name"] == "shop")
    }

    @Test(arguments: [
        ["verify", "IMAGE", "--trusted-root", "r"],
        ["verify", "IMAGE", "--identity", "a", "--trusted-root", "r"],
        ["verify", "--identity", "a", "--issuer", "b", "--trusted-root", "r"],
        ["sign", "--fulcio-url", "u", "--rekor-url", "u"], ["sbom"],
    ])
    func `a half question is refused`(arguments: [String]) async throws {
        let outcome = try await SlipwayProcess().run(arguments)
        #expect(outcome.code != 0)
        #expect(outcome.error.contains("Error:"))
    }
}
