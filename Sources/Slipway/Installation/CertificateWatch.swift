import KubeClient
import KubeModel
import KubeServer

/// Says in time that a certificate will end under the process that serves it: it is renewed at a start alone.
struct CertificateWatch: Sendable {
    private static let warning: Int64 = 30 * 86_400
    let end: Timestamp
    let timeline: Timeline
    let report: @Sendable (StartProgress) -> Void

    /// Looks once a day, until the task is cancelled.
    func run() async throws {
        while true {
            if end.seconds - timeline.date.seconds < Self.warning {
                report(
                    .notice(
                        "the certificate of pages, API and registry is good until \(end.rfc3339): start Slipway anew "
                            + "before that, which renews it"))
            }
            try await timeline.sleep(for: .seconds(86_400))
        }
    }
}
