import KubeClient
public import KubeModel
public import Promotion
import Sigstore

/// Lets only digests be promoted whose signatures the SignaturePolicies of an API let run.
public struct SignedDigests: DigestVerifier {
    private let judge: ImageSignatureJudge

    /// A verifier that asks a judge of signatures.
    public init(_ judge: ImageSignatureJudge) { self.judge = judge }

    /// As `DigestVerifier.verify(_:)`, by the policies of the API.
    public func verify(_ release: ReleaseSpec) async throws -> String? {
        let image = release.image.pinned
        let reasons: [String]
        do {
            // As in a protected namespace, wherever the release goes: what is not signed is promoted nowhere.
            let labels = [SignaturePolicySpec.namespaceLabel: SignaturePolicySpec.required]
            reasons = try await judge.answers(to: [image], in: "", labels: labels)[image]?.reasons ?? []
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            throw PromotionError(
                .unavailable, "the signature of \(image) cannot be checked for now: \(error)")
        }
        guard reasons.isEmpty else {
            throw PromotionError(.unsigned, "\(image): \(reasons.joined(separator: "; "))")
        }
        return release.signature?.identity
    }
}
