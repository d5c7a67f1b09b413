import KubeClient
import KubeModel
import Manifest

extension ApplicationReconciler {
    /// Ends a quarantine, as a newer commit has changed the application.
    func lift(_ quarantine: Quarantine, of pass: Pass) async throws {
        recorder.note(
            .normal, "QuarantineLifted",
            "a newer commit than \(quarantine.revision.prefix(10)) changes the application; automation goes on",
            regarding: .init(pass.application.object))
        let patch: Value = [
            "metadata": [
                "annotations": [Quarantine.revisionAnnotation: .null, Quarantine.pinAnnotation: .null]
            ]
        ]
        try await patchApplication(pass.key, patch)
    }
}
