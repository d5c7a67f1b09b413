import KubeClient
import KubeModel

extension StepWork {
    /// Builds the image of the commit from the tree and the outputs of the gate's steps, tries it in a pod of its own,
    /// and publishes it where the run may do that.
    func buildImage(_ step: PipelineStep, attempt: Int, log: LogWriter) async throws -> StepOutcome {
        guard let recipe = run.file.image else {
            return .failed(StepFault(.output, "the pipeline file has no image"))
        }
        emit(.stepStarted(step.id, attempt: attempt))
        let timeline = services.timeline
        let request = ImageBuildRequest(
            recipe: recipe, run: run, epoch: try await epoch(), source: files.source(run.uid),
            outputs: files.outputs(run.uid), scratch: files.work(run.uid, step.id), policy: services.policy,
            startedAt: timeline.date, date: { timeline.date })
        let say: @Sendable (String) -> Void = { log.append("\($0)\n") }
        do {
            let builder = services.images
            let image = try await builder.build(request, log: say)
            session.records.change(step.id) { $0.evidence = [image.digest] }
            let trial = ImageTrial(client: services.client, run: run, owner: cell.owner, timeline: timeline)
            try await builder.verify(image, request, in: trial, log: say)
            guard request.mayPublish else {
                say("the image is not pushed: a run of trust \(run.trust.rawValue) must not")
                return .passed
            }
            let artifact = try await builder.publish(image, request, log: say)
            session.records.setArtifact(artifact)
            session.records.change(step.id) { $0.evidence = artifact.digests }
            return .passed
        } catch let error as ImageFault {
            return .failed(error.fault)
        }
    }

    private func epoch() async throws -> Int64 {
        try await services.sources.time(
            repository: run.spec.repository, namespace: run.namespace, commit: run.spec.commit)
    }
}
