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
        let name = "\(context.run.metadata.uid).\(metric.name).\(context.number + 1)"
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
                measurement.phase = .running
                // Its end is an event; looking again covers one that was missed.
                measurement.resumes = context.now.advanced(by: .seconds(30)).wholeSeconds
            }
        } catch {
            measurement.phase = .error
            measurement.message = "job \(name): \(error)"
        }
        return measurement
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
        measurement.phase = .successful
        measurement.message = "Metric Terminated"
        return measurement
    }
}
