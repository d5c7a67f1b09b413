import KubeModel

extension RolloutPlanner {
    /// The run of a purpose that the status names or, where its name was lost with a controller, that is under way.
    func run(for purpose: RolloutSnapshot.Run.Purpose) -> RolloutSnapshot.Run? {
        let reference =
            switch purpose {
            case .step: status.stepRun
            case .background: status.backgroundRun
            case .prePromotion: status.prePromotionRun
            case .postPromotion: status.postPromotionRun
            }
        if let reference { return snapshot.runs.first { $0.name == reference.name } }
        let index = status.currentStepIndex ?? 0
        return snapshot.runs.filter {
            $0.purpose == purpose && $0.hash == new?.hash && !$0.isCompleted && !$0.isTerminating
                && (purpose != .step || $0.step == index)
        }.max { $0.created < $1.created }
    }

    /// Whether no analysis matters now: nothing is being judged, or somebody decided already.
    private var isAnalysisMoot: Bool {
        status.isFullyPromoted || isAborted || status.promotesFully || isFastRollback
            || status.stableHash.isEmpty
    }

    mutating func reconcileAnalysis(_ canary: CanaryStrategy, _ new: ReplicaSetState) {
        var step: RolloutSnapshot.Run?
        var background: RolloutSnapshot.Run?
        if !isAnalysisMoot {
            step = reconcileStepRun(canary, new)
            background = reconcileBackgroundRun(canary, new)
        }
        plan.status.stepRun = reference(step, of: .step)
        plan.status.backgroundRun = reference(background, of: .background)
        terminateRuns(except: [step, background])
    }

    private mutating func reconcileStepRun(
        _ canary: CanaryStrategy, _ new: ReplicaSetState
    ) -> RolloutSnapshot.Run? {
        let current = run(for: .step)
        if !status.pauses.isEmpty || status.isAborted { return current }
        let index = status.currentStepIndex ?? 0
        guard index < canary.steps.count, case .analysis(let analysis) = canary.steps[index],
            !analysis.templates.isEmpty
        else { return nil }
        if let current, current.step != index { return nil }
        if needsNewRun(current) {
            start(.step, analysis, new, step: index)
            return nil
        }
        react(to: current, "Step-based analysis phase error/failed")
        return current
    }

    private mutating func reconcileBackgroundRun(
        _ canary: CanaryStrategy, _ new: ReplicaSetState
    ) -> RolloutSnapshot.Run? {
        let current = run(for: .background)
        guard let analysis = canary.analysis, !analysis.templates.isEmpty else { return nil }
        if let first = analysis.startingStep, (status.currentStepIndex ?? 0) < first { return nil }
        if status.isPaused(for: .inconclusiveAnalysis) { return current }
        if needsNewRun(current) {
            start(.background, analysis, new)
            return nil
        }
        react(to: current, "Background analysis phase error/failed")
        return current
    }

    mutating func reconcileAnalysis(_ blueGreen: BlueGreenStrategy, _ new: ReplicaSetState) {
        var pre = run(for: .prePromotion)
        var post = run(for: .postPromotion)
        var kept: [RolloutSnapshot.Run?] = []
        if !isAnalysisMoot {
            pre = reconcilePrePromotion(blueGreen, new, pre)
            post = reconcilePostPromotion(blueGreen, new, post)
            kept = [pre, post]
        }
        plan.status.prePromotionRun = reference(pre, of: .prePromotion)
        plan.status.postPromotionRun = reference(post, of: .postPromotion)
        terminateRuns(except: kept)
    }

    private mutating func reconcilePrePromotion(
        _ blueGreen: BlueGreenStrategy, _ new: ReplicaSetState, _ current: RolloutSnapshot.Run?
    ) -> RolloutSnapshot.Run? {
        guard let analysis = blueGreen.prePromotionAnalysis, !analysis.templates.isEmpty else { return nil }
        if status.activeHash.isEmpty || status.activeHash == new.hash { return current }
        if current == nil {
            let wanted = blueGreen.previewReplicaCount ?? specification.replicas
            guard new.wanted == wanted, new.available == wanted else { return nil }
        }
        if status.isPaused(for: .inconclusiveAnalysis) { return current }
        if needsNewRun(current) {
            start(.prePromotion, analysis, new)
            return nil
        }
        react(to: current, "Blue/green pre-promotion analysis phase error/failed")
        return current
    }

    private mutating func reconcilePostPromotion(
        _ blueGreen: BlueGreenStrategy, _ new: ReplicaSetState, _ current: RolloutSnapshot.Run?
    ) -> RolloutSnapshot.Run? {
        guard let analysis = blueGreen.postPromotionAnalysis, !analysis.templates.isEmpty else { return nil }
        if status.activeHash != new.hash { return current }
        if current == nil, new.available < specification.replicas { return nil }
        if status.isPaused(for: .inconclusiveAnalysis) { return current }
        if needsNewRun(current) {
            start(.postPromotion, analysis, new)
            return nil
        }
        react(to: current, "Blue/green post-promotion analysis phase error/failed")
        return current
    }

    /// Whether a run has to be made: there is none, somebody resumed after an inconclusive one, or retried.
    ///
    /// Differs from Argo Rollouts, where somebody who resumes has resumed after all further inconclusive runs of the step
    /// too, which follow one another without end.
    private func needsNewRun(_ current: RolloutSnapshot.Run?) -> Bool {
        guard let current else { return true }
        if status.controllerPause, status.pauses.isEmpty {
            // One that nobody has been told of yet is paused for first.
            return current.phase == "Inconclusive" && known(current)?.phase == "Inconclusive"
        }
        return status.abortedAt != nil
    }

    /// A run as the status knows it.
    private func known(_ run: RolloutSnapshot.Run) -> RolloutStatus.RunReference? {
        [status.stepRun, status.backgroundRun, status.prePromotionRun, status.postPromotionRun]
            .compactMap(\.self).first { $0.name == run.name }
    }

    private mutating func start(
        _ purpose: RolloutSnapshot.Run.Purpose, _ analysis: AnalysisReference, _ new: ReplicaSetState,
        step: Int? = nil
    ) {
        plan.actions.append(
            .startRun(
                RunRequest(
                    purpose: purpose, hash: new.hash, stableHash: status.stableHash,
                    baselineHash: baselineHash, revision: revision, step: step,
                    previous: step.flatMap(previousRun), reference: analysis)))
    }

    /// The newest run of an earlier step that judged the version that is wanted.
    private func previousRun(before step: Int) -> String? {
        snapshot.runs.filter {
            $0.purpose == .step && $0.hash == new?.hash && $0.isCompleted
                && $0.step.map { $0 < step } ?? false
        }.max { ($0.created, $0.step ?? 0) < ($1.created, $1.step ?? 0) }?.name
    }

    private mutating func react(to run: RolloutSnapshot.Run?, _ failure: String) {
        guard let run else { return }
        switch run.phase {
        case "Inconclusive": pause.added.append(.inconclusiveAnalysis)
        case "Failed", "Error":
            pause.abort = run.message.isEmpty ? failure : "\(failure): \(run.message)"
            // Where the analysis itself broke, nothing is known of the version.
            pause.quarantines = run.phase == "Failed"
        default: break
        }
    }

    /// What the status says of a run; a change of its phase is told.
    private mutating func reference(
        _ run: RolloutSnapshot.Run?, of purpose: RolloutSnapshot.Run.Purpose
    ) -> RolloutStatus.RunReference? {
        guard let run else { return nil }
        let before = known(run)
        if !run.phase.isEmpty, before?.phase != run.phase {
            let isBad = run.phase == "Failed" || run.phase == "Error"
            plan.events.append(
                .init(
                    isWarning: isBad, reason: "AnalysisRun\(run.phase)",
                    message: "\(purpose.rawValue) Analysis Run '\(run.name)' Status New: '\(run.phase)' "
                        + "Previous: '\(before?.phase ?? "NoPreviousStatus")'"))
        }
        return .init(name: run.name, phase: run.phase, message: run.message)
    }

    /// Ends the runs that nothing waits for any more, and deletes those that exceed the history.
    private mutating func terminateRuns(except kept: [RolloutSnapshot.Run?]) {
        let names = Set(kept.compactMap { $0?.name })
        let others = snapshot.runs.filter { !names.contains($0.name) }
        for run in others where !run.isCompleted && !run.isTerminating {
            plan.actions.append(.terminateRun(run.name))
        }
        let known = [status.prePromotionRun?.name, status.postPromotionRun?.name]
        let finished = others.filter { $0.isCompleted && !known.contains($0.name) }
            .sorted { ($0.created, $0.name) > ($1.created, $1.name) }
        let good = finished.filter { $0.phase == "Successful" }.dropFirst(specification.runHistory.successful)
        let bad = finished.filter { $0.phase != "Successful" }.dropFirst(
            specification.runHistory.unsuccessful)
        for run in Array(good) + Array(bad) { plan.actions.append(.deleteRun(run.name)) }
    }
}
