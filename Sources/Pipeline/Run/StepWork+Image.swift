import KubeModel

extension StepWork {
    /// Builds the image of the commit from the tree and the outputs of the gate's steps.
    func buildImage(_ step: PipelineStep, attempt: Int, log: LogWriter) async throws -> StepOutcome {
        guard let recipe = run.file.image else {
            return .failed(StepFault(.output, "the pipeline file has no image"))
        }
        emit(.stepStarted(step.id, attempt: attempt))
        let request = ImageBuildRequest(
            recipe: recipe, commit: run.spec.commit, source: files.source(run.uid),
            outputs: files.outputs(run.uid),
            scratch: files.work(run.uid, step.id), trust: run.trust)
        do {
            let result = try await services.images.build(request) { log.append("\($0)\n") }
            if result.size > recipe.maximumSize {
                let limit = "the \(recipe.maximumSize / 1_000_000) MB of size.max"
                return .failed(
                    StepFault(.imageSize, "the image has \(result.size) bytes, more than \(limit)"))
            }
            session.records.change(step.id) { $0.evidence = [result.digest] }
            return .passed
        } catch let error as PipelineError {
            return .failed(StepFault(.output, error.message))
        }
    }
}
