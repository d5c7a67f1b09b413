import FoundationEssentials
public import KubeModel
import Manifest
import OCI
import Sigstore

extension ArtifactBuilder {
    /// Attests and signs the image, and tags it last.
    public func publish(
        _ image: BuiltImage, _ request: ImageBuildRequest, log: @Sendable (String) -> Void
    ) async throws -> PipelineRunStatus.Artifact {
        guard let signing = settings.signing, request.mayPublish else {
            throw ImageFault(
                .image, "the image is not published: a run of trust \(request.run.trust.rawValue) must not")
        }
        return try await telling(request) {
            let target = try target(of: request)
            let document = try await settings.store.manifest(try Digest(parsing: image.digest))
            let session = try await session(signing, request)
            let now = Date(timeIntervalSince1970: Double(request.date().seconds))
            let subject = Statement.Subject(name: target.name, digest: ["sha256": document.digest.hex])
            let bill = try await materials(of: document, request, log: log)
            let provenance = provenance(of: request)
            var artifact = PipelineRunStatus.Artifact(
                service: request.run.file.service,
                image: .init(
                    repository: target.name, tag: request.run.spec.commit, digest: image.digest,
                    size: image.size),
                uncompressedSize: image.uncompressedSize, builtAt: request.date().rfc3339)
            try await RegistryClient.withClient(settings.registry) { client in
                let signatures = ImageSignatures(client)
                func attach(_ statement: Statement) async throws -> (digest: Digest, entry: LogEntry?) {
                    let bundle = try await session.sign(statement)
                    let digest = try await signatures.attach(
                        bundle, to: document.descriptor, in: target, at: now)
                    return (digest, bundle.logEntries.first)
                }
                let sbom = try await attach(.materials(bill, about: [subject])).digest
                artifact.sbom = .init(
                    digest: sbom.description, predicateType: PredicateType.cycloneDX)
                let origin = try await attach(provenance.statement(about: [subject])).digest
                artifact.provenance = .init(
                    digest: origin.description, predicateType: PredicateType.provenance)
                // The signature last: what it lets run has everything beside it by then.
                let legacy = try await session.signLegacy(
                    reference: target.name, digest: image.digest)
                try await signatures.attach(
                    legacy, chain: session.chain, to: document.digest, in: target)
                let signed = try await attach(
                    Statement(
                        subjects: [subject], predicateType: PredicateType.imageSignature, predicate: [:]))
                artifact.signature = try signed.entry.map {
                    try signature(session, signed.digest, $0, signing)
                }
            }
            log("signed as \(session.certificate.identity.value)")
            try await push(document.digest, to: target, tag: request.run.spec.commit, request)
            log("tagged \(target.name):\(request.run.spec.commit)")
            return artifact
        }
    }

    /// A certificate for this run, for as long as its image is signed.
    private func session(
        _ signing: ArtifactSettings.Signing, _ request: ImageBuildRequest
    ) async throws -> SigningSession {
        let token = try await signing.issuer.token(
            for: request.run, step: .image, audience: "sigstore", policy: request.policy)
        let signer = KeylessSigner(
            endpoints: signing.endpoints, exchange: signing.exchange, trustedRoot: signing.trustedRoot)
        return try await signer.session(token: IdentityToken(token))
    }

    private func signature(
        _ session: SigningSession, _ digest: Digest, _ entry: LogEntry, _ signing: ArtifactSettings.Signing
    ) throws -> ReleaseSpec.Signature {
        ReleaseSpec.Signature(
            identity: session.certificate.identity.value, issuer: try session.certificate.issuer,
            digest: digest.description, logID: Hex.encode(entry.logID), logIndex: entry.logIndex,
            integratedTime: Timestamp(seconds: entry.integratedTime).rfc3339,
            development: signing.isDevelopment ? true : nil)
    }
}
