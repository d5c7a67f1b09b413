import Foundation
import Manifest
import Sigstore
import Synchronization
import Testing

@Suite struct KeylessSigningTests {
    static let image = Array("an image's manifest".utf8)

    @Test func `what is signed verifies, and for nobody else`() async throws {
        try await withInstance { running in
            let session = try await running.signer().session(token: IdentityToken(try running.token()))
            let verifier = SignatureVerifier(trustedRoot: running.instance.trustedRoot)
            let artifact = Artifact(Self.image)
            let statement = Statement.imageSignature(sha256: artifact.digest, name: "shop")
            for bundle in [try await session.sign(Self.image), try await session.sign(statement)] {
                let read = try SignatureBundle(json: bundle.json)
                #expect(read == bundle)
                let report = verifier.verify(read, of: artifact, by: .identity(running.policy()))
                #expect(report.isValid, "\(report.error.map(String.init(describing:)) ?? "")")
                let other = IdentityPolicy(
                    identity: .exact("https://ci.example/other"), issuer: .exact(running.url))
                #expect(verifier.verify(read, of: artifact, by: .identity(other)).error?.code == .policy)
                let issuer = IdentityPolicy(
                    identity: running.policy().identity, issuer: .exact(running.url + "/"))
                #expect(verifier.verify(read, of: artifact, by: .identity(issuer)).error?.code == .policy)
                #expect(!verifier.verify(read, of: Artifact([1]), by: .identity(running.policy())).isValid)
            }
        }
    }

    @Test func `the tag layout survives its annotations`() async throws {
        try await withInstance { running in
            let session = try await running.signer().session(token: IdentityToken(try running.token()))
            let digest = Artifact(Self.image).digest
            let signature = try await session.signLegacy(
                reference: "registry.example/shop", digest: "sha256:\(Hex.encode(digest))")
            let annotations = Dictionary(
                uniqueKeysWithValues: signature.annotations(chain: session.chain).map { ($0.key, $0.value) })
            let read = try LegacySignature(payload: signature.payload, annotations: annotations)
            let verifier = SignatureVerifier(trustedRoot: running.instance.trustedRoot)
            #expect(verifier.verify(read, ofImage: digest, by: .identity(running.policy())).isValid)
            let elsewhere = verifier.verify(
                read, ofImage: digest, reference: "registry.example/other", by: .identity(running.policy()))
            #expect(elsewhere.error?.code == .mismatch)
            let moved = verifier.verify(
                read, ofImage: Artifact([1]).digest, by: .identity(running.policy()))
            #expect(moved.error?.code == .mismatch)
        }
    }

    @Test func `another instance's signatures are not believed`() async throws {
        try await withInstance { first in
            try await withInstance { second in
                let session = try await first.signer().session(token: IdentityToken(try first.token()))
                let bundle = try await session.sign(Self.image)
                let verifier = SignatureVerifier(trustedRoot: second.instance.trustedRoot)
                let report = verifier.verify(bundle, of: Artifact(Self.image), by: .identity(first.policy()))
                #expect(report.error?.code == .untrusted)
            }
        }
    }

    /// All of it happens in one second, so that certificates differ in nothing but their keys.
    @Test func `proofs of one signature do not serve another`() async throws {
        let time = Date(timeIntervalSince1970: 1_800_000_000)
        try await withInstance(now: { time }) { running in
            let signer = running.signer()
            let token = try running.token(at: time)
            let first = try await signer.session(token: IdentityToken(token)).sign(Self.image)
            let second = try await signer.session(token: IdentityToken(token)).sign(Self.image)
            let verifier = SignatureVerifier(trustedRoot: running.instance.trustedRoot)
            func refuses(_ change: (inout SignatureBundle) -> Void) -> SigstoreError.Code? {
                var bundle = first
                change(&bundle)
                return verifier.verify(bundle, of: Artifact(Self.image), by: .identity(running.policy()))
                    .error?.code
            }
            #expect(refuses { _ in } == nil)
            #expect(refuses { $0.logEntries = second.logEntries } == .mismatch)
            #expect(
                refuses { $0.logEntries[0].signedEntryTimestamp = second.logEntries[0].signedEntryTimestamp }
                    == .invalidSignature)
            #expect(
                refuses { $0.logEntries[0].inclusionProof = second.logEntries[0].inclusionProof }
                    == .mismatch)
            #expect(
                refuses {
                    $0.logEntries[0].inclusionProof?.checkpoint =
                        second.logEntries[0].inclusionProof?.checkpoint ?? ""
                } == .mismatch)
            #expect(refuses { $0.logEntries[0].integratedTime += 1 } == .invalidSignature)
            #expect(refuses { $0.signer = second.signer } == .invalidSignature)
            #expect(refuses { $0.content = second.content } == .invalidSignature)
            #expect(refuses { $0.logEntries = [] } == .missing)
        }
    }

    @Test func `a certificate of a later second is not believed of an earlier signature`() async throws {
        let time = Date(timeIntervalSince1970: 1_800_000_000)
        let clock = Mutex(time)
        try await withInstance(now: { clock.withLock { $0 } }) { running in
            let signer = running.signer()
            let token = try IdentityToken(try running.token(at: time))
            let first = try await signer.session(token: token).sign(Self.image)
            clock.withLock { $0 += 1 }
            let second = try await signer.session(token: token).sign(Self.image)
            var swapped = first
            swapped.signer = second.signer
            let report = SignatureVerifier(trustedRoot: running.instance.trustedRoot).verify(
                swapped, of: Artifact(Self.image), by: .identity(running.policy()))
            #expect(report.error?.code == .outsideValidity)
        }
    }

    @Test func `a server that answers with somebody else's entry is found out`() async throws {
        try await withInstance { running in
            let other = try await running.signer().session(token: IdentityToken(try running.token())).sign(
                Self.image)
            let uuid = try await running.post(
                "/api/v1/index/retrieve",
                ["hash": .string("sha256:\(Hex.encode(Artifact(Self.image).digest))")])
            let name = try #require(try JSON.parse(uuid.body)[0]?.stringValue)
            let answer = try await running.get("/api/v1/log/entries/\(name)")
            let network = HTTPExchange.network()
            var signer = running.signer()
            signer.exchange = HTTPExchange { request in
                guard request.url.hasSuffix("/log/entries") else { return try await network.send(request) }
                return HTTPExchange.Response(status: 201, body: answer.body)
            }
            let session = try await signer.session(token: IdentityToken(try running.token()))
            await #expect(throws: SigstoreError.self) { try await session.sign(Self.image) }
            #expect(!other.logEntries.isEmpty)
        }
    }

    @Test func `tokens are found in the surroundings`() async throws {
        let token = "e30." + Base64.encodeURLSafe(Array(#"{"sub":"me","iss":"i"}"#.utf8)) + ".AA"
        let none = HTTPExchange { _ in throw SigstoreError(.unreachable, "no network") }
        let given = try await IdentityToken.ambient(
            environment: ["SIGSTORE_ID_TOKEN": token], exchange: none, readFile: { _ in nil })
        #expect(given.challenge == "me")
        let workflow = HTTPExchange { request in
            #expect(request.url == "https://token.example/?x=1&audience=sigstore")
            #expect(request.headers.first?.value == "bearer secret")
            return HTTPExchange.Response(status: 200, body: JSON.write(["value": .string(token)]))
        }
        let environment = [
            "ACTIONS_ID_TOKEN_REQUEST_URL": "https://token.example/?x=1",
            "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "secret",
        ]
        let fromWorkflow = try await IdentityToken.ambient(
            environment: environment, exchange: workflow, readFile: { _ in nil })
        #expect(fromWorkflow.challenge == "me")
        let mounted = try await IdentityToken.ambient(
            environment: [:], exchange: none, readFile: { _ in token + "\n" })
        #expect(mounted.issuer == "i")
        #expect(!mounted.description.contains(token))
        await #expect(throws: SigstoreError.self) {
            try await IdentityToken.ambient(environment: [:], exchange: none, readFile: { _ in nil })
        }
    }

}
