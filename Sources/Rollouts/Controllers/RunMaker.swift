import Judge
import KubeClient
import KubeModel
import Manifest

/// Makes the AnalysisRuns a rollout asks for.
struct RunMaker: Sendable {
    let client: KubeClient
    let rollout: Value
    let caches: RolloutCaches

    private var namespace: String { rollout.metadata.namespace }

    /// Makes a run, or finds the one that was made before a controller was interrupted; answers its name.
    ///
    /// - Throws: ``RolloutsError`` where templates or arguments are missing; `APIError`, `KubeClientError`.
    func start(_ request: RunRequest) async throws -> String {
        let templates = try await Self.templates(of: request.reference, client, namespace)
        let overrides = try Self.arguments(
            of: request.reference, canary: request.hash, stable: request.stableHash, rollout)
        let set = try TemplateSet(templates, overrides: overrides)
        let name = "\(rollout.metadata.name)-\(request.hash)-\(request.revision)\(request.suffix)"
        var run: Value = ["apiVersion": "argoproj.io/v1alpha1", "kind": "AnalysisRun"]
        run.metadata.ownerReferences = [OwnerReference(controller: rollout)]
        var labels = StringMap(request.reference.metadata?["labels"]?.objectValue ?? Object())
        labels["rollout-type"] = request.purpose.rawValue
        labels[PodTemplateIdentity.hashLabel] = request.hash
        if let step = request.step { labels["step-index"] = String(step) }
        run.metadata.labels = labels
        var annotations = StringMap(request.reference.metadata?["annotations"]?.objectValue ?? Object())
        annotations[SnapshotReader.revisionAnnotation] = String(request.revision)
        annotations[JudgeProvider.canaryAnnotation] = request.hash
        annotations[JudgeProvider.stableAnnotation] = request.stableHash
        annotations[JudgeProvider.baselineAnnotation] = request.baselineHash
        annotations[JudgeProvider.previousAnnotation] = request.previous
        run.metadata.annotations = annotations
        run["spec"] = [
            "metrics": .array(set.metrics), "args": .array(set.arguments),
            "dryRun": .array(set.dryRun + request.reference.dryRun),
            "measurementRetention": .array(set.measurementRetention + request.reference.measurementRetention),
        ]
        return try await create(run, named: name)
    }

    /// Creates the run; a finished one of the name makes way to a number behind it.
    private func create(_ run: Value, named name: String) async throws -> String {
        var run = run
        for number in 0..<1000 {
            let candidate = number == 0 ? name : "\(name).\(number)"
            run.metadata.name = candidate
            do {
                try await client.create(Analysis.runs, run, namespace: namespace)
                return candidate
            } catch let error as APIError where error.isAlreadyExists {
                let present = try await client.get(Analysis.runs, candidate, namespace: namespace)
                let isFinished = AnalysisRunStatus(present["status"]).phase?.isCompleted ?? false
                let isOurs = present.metadata.controller?.uid == rollout.metadata.uid
                let isEnding = present["spec", "terminate"]?.boolValue ?? false
                if isOurs, !isFinished, !isEnding { return candidate }
            }
        }
        throw RolloutsError(.invalidSpec, "AnalysisRun \(name) exists a thousand times; delete old ones")
    }

    // MARK: Templates

    /// The templates of a reference and those they refer to, each once.
    ///
    /// - Throws: `missingReference` naming a template that is not there.
    static func templates(
        of reference: AnalysisReference, _ client: KubeClient, _ namespace: String
    ) async throws -> [Value] {
        var found: [Value] = []
        var seen: Set<AnalysisReference.Template> = []
        var open = reference.templates
        while !open.isEmpty {
            let next = open.removeFirst()
            guard seen.insert(next).inserted else { continue }
            let template: Value
            do {
                template =
                    next.isClusterWide
                    ? try await client.get(Analysis.clusterTemplates, next.name, namespace: nil)
                    : try await client.get(Analysis.templates, next.name, namespace: namespace)
            } catch let error as APIError where error.isNotFound {
                let kind = next.isClusterWide ? "ClusterAnalysisTemplate" : "AnalysisTemplate"
                throw RolloutsError(
                    .missingReference, "\(kind) '\(next.name)' not found; create it or change the step")
            }
            found.append(template)
            open += (template["spec", "templates"]?.arrayValue ?? []).compactMap(
                AnalysisReference.Template.init)
        }
        return found
    }

    // MARK: Arguments

    /// The values that a rollout gives to arguments.
    ///
    /// - Throws: `invalidSpec` naming a field that the rollout does not have.
    static func arguments(
        of reference: AnalysisReference, canary: String, stable: String, _ rollout: Value
    ) throws(RolloutsError) -> [(name: String, value: String)] {
        var values: [(name: String, value: String)] = []
        for argument in reference.arguments {
            switch argument.source {
            case .value(let value): values.append((argument.name, value))
            case .podTemplateHash(let which):
                values.append((argument.name, which == "Stable" ? stable : canary))
            case .field(let path):
                guard let value = field(path, of: rollout) else {
                    throw RolloutsError(
                        .invalidSpec, "argument '\(argument.name)': the rollout has no field \(path)")
                }
                values.append((argument.name, value))
            case nil: break
            }
        }
        return values
    }

    /// A field such as `metadata.labels['region']` or `status.canary.weights.canary.weight`, as text.
    static func field(_ path: String, of object: Value) -> String? {
        guard let value = JSONPath(".\(path)")?.evaluate(object).first else { return nil }
        switch value {
        case .string(let text): return text
        case .null: return nil
        default: return JSON.string(value)
        }
    }
}
