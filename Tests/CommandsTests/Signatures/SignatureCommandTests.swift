import Foundation
import Manifest
import TestSupport
import Testing

/// The commands as people run them, against an instance in a process of its own.
@Suite struct SignatureCommandTests {
    /// Runs `slipway sigstore serve` for as long as the body does, and hands out its address.
    static func withServer(_ body: (SlipwayProcess, String) throws -> Void) throws {
        let slipway = try SlipwayProcess()
        let server = Process()
        server.executableURL = URL(filePath: try #require(Program.built("slipway")))
        server.arguments = ["sigstore", "serve", "--data", "instance", "--listen", "127.0.0.1:0"]
        server.currentDirectoryURL = slipway.directory
        let output = Pipe()
        server.standardOutput = output
        try server.run()
        defer {
            server.terminate()
            server.waitUntilExit()
        }
        var text = ""
        while !text.contains("trusted root:") {
            let bytes = output.fileHandleForReading.availableData
            guard !bytes.isEmpty else { throw CocoaError(.fileReadUnknown) }
            text += String(decoding: bytes, as: UTF8.self)
        }
        let words = text.split(whereSeparator: { $0.isWhitespace || $0 == "," }).map(String.init)
        try body(slipway, try #require(words.first { $0.hasPrefix("http://") }))
    }

    @Test func `a file is signed and verified, and every check is named`() throws {
        try Self.withServer { slipway, url in
            try slipway.write("release\n", to: "artifact")
            let token = try slipway.run(
                "sigstore", "token", "--data", "instance", "--url", url, "--subject", "urn:me")
            #expect(token.code == 0, "\(token.error)")
            try slipway.write(token.output, to: "token")
            let root = "instance/trusted_root.json"
            let signed = try slipway.run(
                "sign", "--file", "artifact", "--bundle", "bundle.json", "--identity-token-file", "token",
                "--fulcio-url", url, "--rekor-url", url, "--trusted-root", root)
            #expect(signed.code == 0, "\(signed.error)")
            func verify(_ arguments: String...) throws -> SlipwayProcess.Outcome {
                try slipway.run(
                    ["verify", "--bundle", "bundle.json", "--issuer", url, "--trusted-root", root] + arguments
                )
            }
            let valid = try verify("--file", "artifact", "--identity", "urn:me")
            #expect(valid.code == 0, "\(valid.output)\(valid.error)")
            #expect(valid.output.contains("trusted root: DEVELOPMENT"))
            #expect(valid.output.hasSuffix("valid\n"))
            let json = try JSON.parse(
                try verify("--file", "artifact", "--identity", "urn:me", "--output", "json").output)
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
            #expect(try verify("--file", "artifact", "--identity", "urn:you").code == 1)
            #expect(try verify("--file", "artifact", "--identity-regexp", "urn:.*").code == 0)
            #expect(try verify("--file", "artifact", "--identity-regexp", "m").code == 1)
            #expect(try verify("--file", "artifact", "--identity-regexp", "m", "--search").code == 0)
            try slipway.write("changed\n", to: "artifact")
            let changed = try verify("--file", "artifact", "--identity", "urn:me")
            #expect(changed.code == 1)
            #expect(changed.output.contains("FAIL"))
            #expect(try verify("--file", "missing", "--identity", "urn:me").code == 2)
        }
    }

    @Test func `an instance is not reachable from other machines unless told`() throws {
        let slipway = try SlipwayProcess()
        let refused = try slipway.run("sigstore", "serve", "--listen", "0.0.0.0:0")
        #expect(refused.code != 0)
        #expect(refused.error.contains("--allow-remote"))
    }

    @Test func `the packages of a tree are listed the same each time`() throws {
        let slipway = try SlipwayProcess()
        try slipway.write("idna==3.7\n", to: "requirements.txt")
        try slipway.write("{", to: "package-lock.json")
        let first = try slipway.run("sbom", ".", "--name", "shop")
        #expect(first.code == 0)
        #expect(first.error.contains("package-lock.json cannot be read"))
        #expect(try slipway.run("sbom", ".", "--name", "shop").output == first.output)
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
    func `a half question is refused`(arguments: [String]) throws {
        let outcome = try SlipwayProcess().run(arguments)
        #expect(outcome.code != 0)
        #expect(outcome.error.contains("Error:"))
    }
}
