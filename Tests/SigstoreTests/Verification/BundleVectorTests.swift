import Manifest
import Sigstore
import Testing

@Suite struct BundleVectorTests {
    static func report(_ vector: Vector, digestOnly: Bool) throws -> Result<VerificationReport, SigstoreError>
    {
        let verifier = SignatureVerifier(trustedRoot: try vector.trustedRoot())
        let file = Artifact(try vector.file("artifact"))
        let artifact = digestOnly ? Artifact(sha256: file.digest) : file
        let (json, policy) = (try vector.file("bundle.sigstore.json"), try vector.policy())
        do throws(SigstoreError) {
            return .success(
                verifier.verify(try SignatureBundle(json: json), of: artifact, by: .identity(policy)))
        } catch {
            return .failure(error)
        }
    }

    @Test(arguments: Vector.all("bundle"), [false, true])
    func `a bundle gets its verdict, from the artifact and from its digest`(vector: Vector, digestOnly: Bool)
        throws
    {
        switch try Self.report(vector, digestOnly: digestOnly) {
        case .success(let report):
            #expect(
                report.isValid == vector.isAccepted,
                "\(report.error.map(String.init(describing:)) ?? "valid")")
            #expect(report.checks.count == VerificationReport.Check.allCases.count)
        case .failure(let error): #expect(!vector.isAccepted, "\(error)")
        }
    }

}
