import KubeModel
import Manifest

/// The Job that shows whether a release works in an environment.
struct SmokeTest {
    let conventions: DeliveryConventions
    let environment: DeliverySpec.Environment
    let smoke: DeliverySpec.Smoke
    /// The Job's name.
    let name: String
    /// The image that was promoted, with its digest.
    let image: String
    /// The name of the Promotion that it is for; nil for a value that was set by hand.
    let promotion: String?

    private static let timeout = Duration.seconds(300)

    /// How a Job has ended, or that it has not.
    static func result(of job: Value) -> LineFacts.Smoke {
        for condition in job["status", "conditions"]?.arrayValue ?? []
        where condition["status"]?.stringValue == "True" {
            switch condition["type"]?.stringValue {
            case "Complete": return .passed
            case "Failed":
                let reason = condition["reason"]?.stringValue ?? "Failed"
                let message = condition["message"]?.stringValue ?? ""
                return .failed(message.isEmpty ? reason : message)
            default: continue
            }
        }
        return .running
    }

    /// The Job.
    ///
    /// - Parameter file: the text of the Job of one's own, where the delivery names one.
    /// - Throws: ``PromotionError`` with code `invalid`.
    func job(file: [UInt8]?) throws(PromotionError) -> Value {
        var job: Value
        if let path = smoke.job {
            job = try read(file, path)
        } else {
            let container: Value = [
                "name": "smoke", "image": .string(smoke.image ?? image),
                "command": .array((smoke.command ?? []).map { .string($0) }),
            ]
            job = [
                "apiVersion": "batch/v1", "kind": "Job",
                "spec": [
                    "backoffLimit": 0,
                    "template": ["spec": ["restartPolicy": "Never", "containers": [container]]],
                ],
            ]
        }
        job.metadata.name = name
        job.metadata.namespace = conventions.namespace(environment)
        for path in [["metadata"], ["spec", "template", "metadata"]] {
            job.set(.string(conventions.service), at: path + ["labels", PromotionCaches.serviceLabel])
            if let promotion {
                job.set(.string(promotion), at: path + ["annotations", "slipway.dev/promotion"])
            }
        }
        let seconds = (smoke.timeout.flatMap(DurationText.parse) ?? Self.timeout).components.seconds
        if job["spec", "activeDeadlineSeconds"] == nil {
            job["spec", "activeDeadlineSeconds"] = .integer(seconds)
        }
        if job["spec", "ttlSecondsAfterFinished"] == nil { job["spec", "ttlSecondsAfterFinished"] = 86_400 }
        return job
    }

    private func read(_ file: [UInt8]?, _ path: String) throws(PromotionError) -> Value {
        let name = "\(conventions.folder)/\(path)"
        guard let file else {
            throw PromotionError(
                .notFound, "the smoke test's file \(name) is not there; add it or change `job`")
        }
        var job: Value
        do throws(ManifestError) {
            job = try YAML.parse(file, options: .init(file: name)).first ?? .null
        } catch {
            throw PromotionError(.invalid, error.description)
        }
        guard job.kind == "Job", job.apiVersion == "batch/v1" else {
            throw PromotionError(.invalid, "\(name) must hold a Job of batch/v1, not \(job.kind)")
        }
        // The service's own image is the promoted one.
        let own = conventions.spec.image ?? conventions.service
        for list in ["initContainers", "containers"] {
            let containers = job["spec", "template", "spec", list]?.arrayValue ?? []
            if containers.isEmpty { continue }
            job["spec", "template", "spec", list] = .array(
                containers.map { container in
                    guard container["image"]?.stringValue == own || container["image"] == nil else {
                        return container
                    }
                    var container = container
                    container["image"] = .string(image)
                    return container
                })
        }
        return job
    }
}
