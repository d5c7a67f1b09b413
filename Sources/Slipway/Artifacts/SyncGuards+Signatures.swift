public import GitOps
import KubeModel
import Sigstore

extension SyncGuards {
    /// Stops a sync whose images the SignaturePolicies do not let run, before it changes anything.
    ///
    /// Only protected namespaces are looked at. Of one that the sync is to make nothing is known yet; there, as
    /// everywhere, admission has the last word.
    public static func signatures(_ judge: ImageSignatureJudge) -> SyncGuards {
        SyncGuards(imageFaults: { images, namespace in
            guard let labels = try await judge.labels(of: namespace),
                SignaturePolicyEvaluator.isProtected(namespaceLabels: labels)
            else { return [] }
            let answers = try await judge.answers(to: images, in: namespace, labels: labels)
            return answers.sorted { $0.key < $1.key }.flatMap(\.value.reasons)
        })
    }
}
