import Judge
import KubeClient
import KubeModel
import Manifest

/// Runs a Job, whose success is the metric's (`provider.job`).
struct JobProvider: MetricProvider {
    private static let nameKey = "job-name"
    /// The label that leads from a Job to its run.
    static let runLabel = "analysisrun.argoproj.io/uid"

    func run(_ metric: AnalysisMetric, in context: MeasurementContext) async -> AnalysisRunStatus.Measurement
    {
        var measurement = context.begin()
        // The name follows from the measurement, so that one whose answer was lost is found again.
        let name = Self.name(of: metric, context)
        var job: Value = [
            "apiVersion": "batch/v1", "kind": "Job", "metadata": metric.settings["metadata"] ?? .emptyObject,
            "spec": metric.settings["spec"] ?? .emptyObject,
        ]
        job.metadata.name = name
        job.metadata.ownerReferences = [OwnerReference(controller: context.run)]
        var labels = job.metadata.labels
        labels[Self.runLabel] = context.run.metadata.uid
        job.metadata.labels = labels
        do {
            try await context.client.create(.jobs, job, namespace: context.namespace)
        } catch let error as APIError where error.isAlreadyExists {
            // Made before the controller was interrupted.
        } catch {
            return context.failure("job \(name) could not be created: \(error)")
        }
        measurement.metadata[Self.nameKey] = name
        return await resume(metric, measurement, in: context)
    }

    func resume(
        _ metric: AnalysisMetric, _ measurement: AnalysisRunStatus.Measurement, in context: MeasurementContext
    ) async -> AnalysisRunStatus.Measurement {
        var measurement = measurement
        guard let name = measurement.metadata[Self.nameKey] else {
            return context.failure("the job's name is lost")
        }
        do {
            let job = try await context.client.get(.jobs, name, namespace: context.namespace)
            let conditions = Conditions(job["status", "conditions"]?.arrayValue ?? [])
            if conditions.isTrue("Complete") {
                measurement.phase = .successful
            } else if conditions.isTrue("Failed") {
                measurement.phase = .failed
                measurement.message = conditions["Failed"]?.message ?? ""
            } else {
                try await wait(for: name, &measurement, context)
            }
        } catch {
            measurement.phase = .error
            measurement.message = "job \(name): \(error)"
        }
        return measurement
    }

    /// A name that follows from the measurement and fits into the label that pods get of it, 63 characters.
    private static func name(of metric: AnalysisMetric, _ context: MeasurementContext) -> String {
        let (prefix, suffix) = ("\(context.run.metadata.uid).", ".\(context.number + 1)")
        return prefix + metric.name.prefix(max(1, 63 - prefix.utf8.count - suffix.utf8.count)) + suffix
    }

    /// What is so wrong with an image that a container waits for ever, in the words of the kubelet.
    private static let imageFaults: Set<String> = [
        "ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull",
    ]

    /// Waits on for a job, unless its pods cannot have their images: that says nothing of the version, and somebody
    /// has to look.
    private func wait(
        for name: String, _ measurement: inout AnalysisRunStatus.Measurement, _ context: MeasurementContext
    ) async throws {
        let pods = try await context.client.listAll(
            .pods, namespace: context.namespace, selection: Selection(labels: "job-name=\(name)"))
        for pod in pods {
            let statuses =
                (pod["status", "initContainerStatuses"]?.arrayValue ?? [])
                + (pod["status", "containerStatuses"]?.arrayValue ?? [])
            for status in statuses {
                guard let reason = status["state", "waiting", "reason"]?.stringValue,
                    Self.imageFaults.contains(reason)
                else { continue }
                measurement.phase = .inconclusive
                measurement.message =
                    "pod \(pod.metadata.name) of job \(name) cannot have its image (\(reason)): "
                    + (status["state", "waiting", "message"]?.stringValue
                        ?? "correct the image in the template")
                return
            }
        }
        // Its end is an event, which has to be heard whenever it comes; what is none is looked for now and then.
        measurement.phase = .running
        measurement.resumes = nil
    }

    func terminate(
        _ metric: AnalysisMetric, _ measurement: AnalysisRunStatus.Measurement, in context: MeasurementContext
    ) async -> AnalysisRunStatus.Measurement {
        var measurement = measurement
        if let name = measurement.metadata[Self.nameKey] {
            var options = DeleteOptions()
            options.propagation = .background
            do {
                try await context.client.delete(.jobs, name, namespace: context.namespace, options: options)
            } catch let error as APIError where error.isNotFound {
                // Gone already.
            } catch {
                measurement.phase = .error
                measurement.message = "job \(name) could not be ended: \(error)"
                return measurement
            }
        }
        // A job that was not left to finish has shown nothing.
        measurement.phase = .inconclusive
        measurement.message = "Metric Terminated"
        return measurement
    }
}
