import KubeClient
import KubeModel
import Manifest

extension DashboardRoutes {
    /// Has an application compared with git anew, or made what git says, as `slipway app refresh` and `sync` do.
    func sync(
        _ name: String, _ action: String, _ session: Session, _ client: KubeClient
    ) async throws -> (text: String, path: String) {
        let path = "/apps/\(FormBody.escaped(name))"
        let change: Value
        let text: String
        switch action {
        case "refresh":
            change = ["metadata": ["annotations": [Application.refreshAnnotation: "normal"]]]
            text = "\(name) is compared with git."
        case "sync":
            let application = try await client.get(Application.resource, name, namespace: settings.namespace)
            let isRunning = application["status", "operationState", "phase"] == "Running"
            guard application["operation"] == nil, !isRunning else {
                throw DashboardError(.invalid, "a sync of \(name) is under way; wait for its end")
            }
            change = ["operation": ["initiatedBy": ["username": .string(session.user)], "sync": [:]]]
            text = "\(name) becomes what git says."
        default:
            throw DashboardError(
                .invalid, "'\(action.prefix(40))' is nothing that can be done to an application")
        }
        try await client.patch(Application.resource, name, namespace: settings.namespace, .merge(change))
        return (text, path)
    }

    /// Ends a release's quarantine, as `slipway release lift` does.
    func lift(
        _ name: String, _ form: FormBody, _ client: KubeClient
    ) async throws -> (text: String, path: String) {
        let release = try await client.get(.releases, name, namespace: settings.namespace)
        guard release.word("status", "phase") == ReleaseStatus.Phase.quarantined.rawValue else {
            throw DashboardError(.invalid, "\(name) is not in quarantine")
        }
        let reason = form["reason"].isEmpty ? "lifted on the dashboard" : form["reason"]
        guard reason.utf8.count <= FormBody.reasonLimit else {
            throw DashboardError(.invalid, "the reason is too long; say it in a sentence")
        }
        let status: Value = [
            "phase": .string(ReleaseStatus.Phase.available.rawValue), "reason": "Lifted",
            "message": .string(reason),
        ]
        try await client.patch(
            .releases, name, namespace: settings.namespace, .merge(["status": status]), subresource: "status")
        return ("\(name) can be promoted again.", LocalPath(form["back"])?.text ?? "/")
    }
}
