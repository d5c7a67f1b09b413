import Manifest
import Sigstore
import Testing

@Suite struct LegacyVectorTests {
    /// The layers of a signature image, each with its blob.
    static func layers(
        _ manifest: Value, blob: (String) throws -> [UInt8]
    ) throws -> [(payload: [UInt8], annotations: [String: String])] {
        try (manifest["layers"]?.arrayValue ?? []).map { layer in
            var annotations: [String: String] = [:]
            for pair in layer["annotations"]?.objectValue ?? [:] {
                annotations[pair.key] = pair.value.stringValue
            }
            return (try blob(try #require(layer["digest"]?.stringValue)), annotations)
        }
    }

    static func isValid(
        _ vector: Vector, _ digest: String, _ layers: [(payload: [UInt8], annotations: [String: String])],
        _ policy: IdentityPolicy
    ) throws -> (Bool, [String]) {
        let verifier = SignatureVerifier(trustedRoot: try vector.trustedRoot())
        let image = try #require(Hex.decode(digest.dropFirst(7)))
        var reasons: [String] = []
        var valid = false
        for layer in layers {
            do throws(SigstoreError) {
                let signature = try LegacySignature(payload: layer.payload, annotations: layer.annotations)
                let report = verifier.verify(signature, ofImage: image, by: .identity(policy))
                if report.isValid { valid = true }
                if let error = report.error { reasons.append(error.description) }
            } catch { reasons.append(error.description) }
        }
        return (valid, reasons)
    }

    @Test(arguments: Vector.all("legacy"))
    func `a signature of the tag layout gets its verdict`(vector: Vector) throws {
        let manifest = try JSON.parse(try vector.file("sig-manifest.json"))
        let payload = try vector.file("payload.json")
        let layers = try Self.layers(manifest) { _ in payload }
        let digest = try #require(vector.description["digest"]?.stringValue)
        let (valid, reasons) = try Self.isValid(vector, digest, layers, try vector.policy())
        #expect(valid == vector.isAccepted, "\(reasons)")
    }

    @Test(arguments: Vector.all("oci", description: "scenario.json"))
    func `an image gets the verdict of its signatures`(vector: Vector) throws {
        let digest = try #require(vector.description["digest"]?.stringValue)
        let blob = { (digest: String) in try vector.file("blobs/\(digest.replacing(":", with: "-"))") }
        let accepted = vector.description["product_should"]?.stringValue == "accept"
        if let manifest = try? vector.file("legacy-sig-manifest.json") {
            let layers = try Self.layers(try JSON.parse(manifest), blob: blob)
            let (valid, reasons) = try Self.isValid(vector, digest, layers, try vector.policy())
            #expect(valid == accepted, "\(reasons)")
            return
        }
        // Referrers: each names a manifest whose one layer is a bundle. The e-mail scenario was recorded with the
        // address as the wanted identity.
        let referrers = try JSON.parse(try vector.file("referrers.json"))["manifests"]?.arrayValue ?? []
        #expect(!referrers.isEmpty)
        for referrer in referrers {
            let manifest = try JSON.parse(try blob(try #require(referrer["digest"]?.stringValue)))
            let layer = try #require(manifest["layers"]?[0]?["digest"]?.stringValue)
            var policy = try vector.policy()
            if vector.folder.hasSuffix("email-identity") { policy.identity = .exact("dev@acme.test") }
            let wanted = try #require(
                manifest["annotations", "dev.sigstore.bundle.predicateType"]?.stringValue)
            let report = SignatureVerifier(trustedRoot: try vector.trustedRoot()).verify(
                try SignatureBundle(json: try blob(layer)),
                of: Artifact(sha256: try #require(Hex.decode(digest.dropFirst(7)))),
                by: .identity(policy), predicateTypes: [wanted])
            #expect(report.isValid == accepted, "\(report.error.map(String.init(describing:)) ?? "")")
            let other = SignatureVerifier(trustedRoot: try vector.trustedRoot()).verify(
                try SignatureBundle(json: try blob(layer)),
                of: Artifact(sha256: try #require(Hex.decode(digest.dropFirst(7)))),
                by: .identity(policy), predicateTypes: ["https://example.org/other"])
            #expect(!other.isValid)
        }
    }
}
