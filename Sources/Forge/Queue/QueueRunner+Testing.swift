import Git
import KubeClient
import KubeModel
import Manifest

extension QueueRunner {
    /// The most characters of a run's message that are told on.
    private static let maximumMessage = 2_000

    /// Starts the runs of a candidate that do not exist, and takes in how others ended.
    func test(_ candidate: QueueState.Candidate) async throws -> [QueueEvent] {
        var events: [QueueEvent] = []
        for run in candidate.runs where run.outcome == nil {
            let key = ObjectKey(namespace: repository.key.namespace, name: run.name)
            if let object = forge.runs[key]?.value {
                events += outcome(of: object, run, candidate)
            } else {
                events += try await start(run, candidate)
            }
        }
        return events
    }

    private func start(_ run: QueueState.Run, _ candidate: QueueState.Candidate) async throws -> [QueueEvent]
    {
        var spec: Object = [
            "repository": .string(repository.key.name), "commit": .string(candidate.commit ?? ""),
            "base": .string(candidate.base), "ref": .string(reference(candidate.number)),
            "pullRequests": [
                ["name": .string(candidate.change.name), "head": .string(candidate.change.head)]
            ],
            "trust": "candidate", "pipelineFile": .string(PipelineFiles.file(of: run.service)),
        ]
        if !run.service.isEmpty { spec["service"] = .string(run.service) }
        var object: Value = [
            "apiVersion": "slipway.dev/v1alpha1", "kind": "PipelineRun",
            "metadata": [
                "name": .string(run.name), "namespace": .string(repository.key.namespace),
                "labels": [EmbeddedForge.repositoryLabel: .string(repository.key.name)],
            ],
            "spec": .object(spec),
        ]
        object.metadata.ownerReferences = [OwnerReference(controller: repository.object)]
        do {
            try await forge.client.create(.pipelineRuns, object, namespace: repository.key.namespace)
            return []
        } catch let error as APIError where error.isAlreadyExists {
            // Begun before a crash, and not yet in the cache; or left by a repository of the same name.
            let present = try await forge.client.get(
                .pipelineRuns, run.name, namespace: repository.key.requestNamespace)
            return outcome(of: present, run, candidate)
        }
    }

    private func outcome(
        of object: Value, _ run: QueueState.Run, _ candidate: QueueState.Candidate
    ) -> [QueueEvent] {
        guard object["spec", "commit"]?.stringValue == candidate.commit else {
            return [.finished(run.name, .broken, message: "PipelineRun \(run.name) is about another commit")]
        }
        let status = object["status"]
        let told = status?["message"]?.stringValue ?? status?["reason"]?.stringValue ?? ""
        // It goes into the queue's own state and onto the pull request, which have room for many of them.
        let words = told.count > Self.maximumMessage ? "\(told.prefix(Self.maximumMessage))…" : told
        let message = words.isEmpty ? "see PipelineRun \(run.name)" : "\(words) (PipelineRun \(run.name))"
        switch status?["phase"]?.stringValue {
        case "Passed":
            do {
                _ = try verdict(of: object, run, candidate)
                return [.finished(run.name, .passed, message: message)]
            } catch {
                return [.finished(run.name, .failed, message: "\(error) (PipelineRun \(run.name))")]
            }
        // The queue cancels only runs of candidates that it has given up, so here a person did.
        case "Failed", "Canceled": return [.finished(run.name, .failed, message: message)]
        case "Error": return [.finished(run.name, .broken, message: message)]
        default: return []
        }
    }

    /// The envelope of a run's verdict, once it is sure that it is about this candidate.
    func verdict(
        of object: Value, _ run: QueueState.Run, _ candidate: QueueState.Candidate
    ) throws(ForgeError) -> String {
        guard let envelope = object["status", "verdict", "envelope"]?.stringValue else {
            throw ForgeError(.unattested, "the run passed without a verdict")
        }
        let verdict = try forge.attestor.verdict(envelope)
        let commit = candidate.testedCommit ?? candidate.commit
        let base = candidate.testedBase ?? candidate.base
        guard verdict.repository == repository.name, verdict.commit == commit, verdict.base == base,
            verdict.service ?? "" == run.service
        else { throw ForgeError(.unattested, "the verdict is about something else than this candidate") }
        return envelope
    }

    func cancel(_ cancellation: QueueState.Cancellation) async throws -> QueueEvent {
        let run = cancellation.run
        do {
            try await forge.client.patch(
                .pipelineRuns, run, namespace: repository.key.requestNamespace,
                .merge(["spec": ["cancel": true, "cancelReason": .string(cancellation.reason)]]))
        } catch let error as APIError where error.isNotFound {
            // It never began, or is gone.
        }
        return .canceled(run)
    }
}
