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
                "annotations": [
                    Quarantine.revisionAnnotation: .null, Quarantine.pinAnnotation: .null,
                    Quarantine.revertAnnotation: .null,
                ]
            ]
        ]
        try await patchApplication(pass.key, patch)
    }

    /// Asks once for the pull request that takes the bad revision back.
    func requestRevert(_ quarantine: Quarantine, of pass: Pass) async throws {
        guard let reverts, let source = pass.application.source,
            !pass.application.object.metadata.annotations.contains(Quarantine.revertAnnotation)
        else { return }
        let paths =
            (try? await renders.changedInputs(of: source, from: quarantine.pin, to: quarantine.revision))
            ?? []
        let request = RevertRequest(
            application: pass.application.name, repository: source.repoURL, branch: source.targetRevision,
            bad: quarantine.revision, good: quarantine.pin, paths: paths)
        let answer: String
        do {
            answer = try await reverts.open(request)
        } catch {
            try Task.checkCancellation()
            answer = "failed"
            recorder.note(
                .warning, "RevertFailed",
                "the pull request that reverts \(quarantine.revision.prefix(10)) could not be "
                    + "opened: \(error)", regarding: .init(pass.application.object))
        }
        if answer != "failed" {
            recorder.note(
                .normal, "RevertRequested", "\(answer) reverts \(quarantine.revision.prefix(10))",
                regarding: .init(pass.application.object))
        }
        try await patchApplication(
            pass.key, ["metadata": ["annotations": [Quarantine.revertAnnotation: .string(answer)]]])
    }
}
