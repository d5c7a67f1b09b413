import KubeClient
import KubeModel
import KubeServer

/// Has the certificate made anew while it is served, long before it ends, and says where that fails.
struct CertificateWatch: Sendable {
    let certificate: ServingCertificate
    let timeline: Timeline
    let report: @Sendable (StartProgress) -> Void

    /// Looks once a day, until the task is cancelled.
    func run() async throws {
        while true {
            do {
                if try await certificate.renew(at: timeline.date) {
                    let moment = try certificate.end.rfc3339
                    report(
                        .notice(
                            "the certificate of pages, API and registry was renewed: good until \(moment)"))
                }
            } catch let error as CancellationError {
                throw error
            } catch {
                let moment = (try? certificate.end)?.rfc3339 ?? "an unknown time"
                report(
                    .notice(
                        "the certificate of pages, API and registry, good until \(moment), cannot be renewed: \(error)"
                    ))
            }
            try await timeline.sleep(for: .seconds(86_400))
        }
    }
}
