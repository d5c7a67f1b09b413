import KubeClient
import KubeModel

extension StepWork {
    /// Makes the pod and the work copies at the same time; neither waits for a gate.
    func startCell() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await prepareFiles() }
            group.addTask { await makePod() }
        }
    }

    private func makePod() async {
        let hasServices = !run.plan.services.isEmpty
        do {
            try await cell.create(secrets: session.secrets.data)
            // Without services nothing of the pod but its place has to be known: the first steps' containers are
            // asked for while the pod is still being set up.
            if !hasServices {
                try await cell.waitForNode()
                emit(.cellReady)
            }
            try await cell.waitUntilRunning()
            if hasServices {
                try await cell.provide(passwords: session.secrets.passwords)
                emit(.cellReady)
            }
        } catch is CancellationError {
            return
        } catch {
            return emit(.cellFailed("\(error)"))
        }
        await withTaskGroup(of: Void.self) { group in
            for service in run.file.services where run.plan.services.contains(service.name) {
                group.addTask { await waitForService(service) }
            }
        }
    }

    private func waitForService(_ service: PipelineService) async {
        do {
            try await cell.waitForService(service, timeline: services.timeline)
            emit(.serviceReady(service.name))
        } catch let failure as StepFailure {
            emit(.serviceFailed(service.name, session.secrets.masking(failure.fault)))
        } catch is CancellationError {
            return
        } catch {
            emit(.serviceFailed(service.name, StepFault(.infrastructure, "\(error)")))
        }
    }

    /// Writes the tree once and copies it for every step, in the order in which they are needed; the base beside that.
    private func prepareFiles() async {
        guard await checkOut(run.spec.commit, to: files.source(run.uid)) else { return }
        source.update { $0 = "" }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await prepareBase() }
            group.addTask { await prepareCopies() }
        }
    }

    private func prepareBase() async {
        if let commit = session.baseCommit {
            guard await checkOut(commit, to: files.base(run.uid)) else { return }
        }
        base.update { $0 = "" }
    }

    /// Writes the tree of a commit; whether it could.
    private func checkOut(_ commit: String, to directory: String) async -> Bool {
        do {
            try await services.sources.checkOut(
                repository: run.spec.repository, namespace: run.namespace, commit: commit, to: directory)
            return true
        } catch is CancellationError {
            return false
        } catch {
            emit(.cellFailed("the tree of \(commit) could not be written: \(error)"))
            return false
        }
    }

    private func prepareCopies() async {
        for planned in run.plan.steps {
            if Task.isCancelled { return }
            // What ran before a restart has its copy, and may be running in it.
            if session.state.step(planned.id).phase == .pending {
                await copy(planned.id)
            } else {
                copies.update { $0[planned.id] = "" }
            }
        }
    }

    /// Makes the private copy of a step, anew for a second attempt.
    func copy(_ id: StepID) async {
        let (from, to) = (files.source(run.uid), files.work(run.uid, id))
        let numbers = run.file.step(id)?.user?.split(separator: ":").compactMap { UInt32($0) } ?? []
        do {
            try await services.work.run {
                try FileWork.copyTree(
                    from, to: to, owner: numbers.count == 2 ? (user: numbers[0], group: numbers[1]) : nil)
            }
            copies.update { $0[id] = "" }
        } catch {
            copies.update { $0[id] = "the work copy of \(id) could not be made: \(error)" }
        }
    }
}
