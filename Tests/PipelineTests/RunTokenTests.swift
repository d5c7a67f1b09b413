import Foundation
import JWTKit
import KubeModel
import Manifest
import Testing

@testable import Pipeline

struct RunTokenTests {
    private func run(trust: String) throws -> RunContext {
        let file = try #require(PipelineFile.validate(Array(SamplePipelines.complete.utf8)).file)
        let spec = PipelineRunSpec(
            repository: "shop", commit: String(repeating: "a", count: 40),
            base: String(repeating: "b", count: 40),
            ref: "refs/candidates/7", trust: trust)
        return RunContext(
            name: "shop-7", namespace: "team", uid: "uid-7", spec: spec, file: file, plan: try RunPlan(file),
            tree: String(repeating: "c", count: 40))
    }

    private func issuer(at time: Date = Date()) throws -> RunTokenIssuer {
        let seconds = Int64(time.timeIntervalSince1970)
        return try RunTokenIssuer(issuer: "https://slipway.example/") { Timestamp(seconds: seconds) }
    }

    /// The keys as a verifier gets them.
    private func keys(_ issuer: RunTokenIssuer) async throws -> JWTKeyCollection {
        let keys = JWTKeyCollection()
        try await keys.add(jwksJSON: String(decoding: issuer.keySet, as: UTF8.self))
        return keys
    }

    @Test func `a token is verified with the served keys and says which run it is`() async throws {
        let issuer = try issuer()
        let token = try await issuer.token(for: run(trust: "candidate"), step: .image, audience: "sigstore")
        let claims = try await keys(issuer).verify(token, as: RunTokenClaims.self)
        #expect(claims.iss.value == "https://slipway.example")
        #expect(claims.sub.value == "repo:team/shop:candidate:\(String(repeating: "a", count: 40))")
        #expect(claims.aud.value == ["sigstore"])
        #expect(claims.gate == "build" && claims.step == "image")
        #expect(claims.exp.value.timeIntervalSince(claims.iat.value) == 300)
        #expect(claims.baseSHA == String(repeating: "b", count: 40))
        #expect(claims.pipelineDigest.hasPrefix("sha256:"))
    }

    @Test func `a token has an end and is bound to its key`() async throws {
        let old = try issuer(at: Date(timeIntervalSinceNow: -400))
        let token = try await old.token(for: run(trust: "candidate"), step: .image, audience: "x")
        await #expect(throws: JWTError.self) { try await keys(old).verify(token, as: RunTokenClaims.self) }
        let other = try issuer()
        let fresh = try await other.token(for: run(trust: "candidate"), step: .image, audience: "x")
        await #expect(throws: JWTError.self) { try await keys(old).verify(fresh, as: RunTokenClaims.self) }
    }

    @Test(arguments: ["fork", "same-repo"])
    func `only candidates get tokens to sign or push`(_ trust: String) async throws {
        let issuer = try issuer()
        for audience in ["sigstore", "registry.example.com"] {
            await #expect(throws: PipelineError.self) {
                try await issuer.token(for: run(trust: trust), step: .image, audience: audience)
            }
        }
        _ = try await issuer.token(for: run(trust: trust), step: .image, audience: "vault")
        await #expect(throws: PipelineError.self) {
            try await issuer.token(for: run(trust: trust), step: .image, audience: "")
        }
    }

    @Test func `the discovery document names the issuer and its keys`() throws {
        let document = try JSON.parse(issuer().discoveryDocument)
        #expect(document["issuer"]?.stringValue == "https://slipway.example")
        #expect(document["jwks_uri"]?.stringValue == "https://slipway.example/.well-known/jwks")
        let key = try JSON.parse(issuer().keySet)["keys"]?[0]
        #expect(key?["kty"] == "EC" && key?["d"] == nil)
    }

    @Test func `no part of a token reaches the container of a step`() throws {
        let run = try run(trust: "candidate")
        let manifest = CellManifest(
            run: run, files: RunFiles(root: "/data"), places: CellPlaces(isolatesFiles: true))
        for step in run.file.gates.flatMap(\.steps) {
            let container = manifest.step(
                step, attempt: 1, command: ["true"], ports: AssignedPortNumbers(.emptyObject))
            let text = String(decoding: JSON.write(container), as: UTF8.self).lowercased()
            #expect(!text.contains("id_token") && !text.contains("token_request"))
        }
        #expect(manifest.pod(owner: nil)["spec", "automountServiceAccountToken"] == false)
    }
}
