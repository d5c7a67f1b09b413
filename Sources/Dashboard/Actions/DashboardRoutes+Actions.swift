import Hummingbird
import KubeClient
import KubeModel
import Manifest

extension DashboardRoutes {
    /// Does what a form asks for, as the user, and leads back to a page that tells what became of it.
    func act(_ action: Action, _ session: Session, _ request: Request) async throws -> Response {
        let form = try await FormBody(request)
        try check(form, session, request)
        let client = client(session)
        let done: (text: String, path: String)
        switch action {
        case .approve: done = try await approve(form, client)
        case .rollBack: done = try await rollBack(form, client)
        case .review(let pull): done = try await review(pull, form, session, client)
        case .merge(let pull): done = try await merge(pull, form, session, client)
        case .cancel(let run): done = try await cancel(run, client)
        case .sync(let name): done = try await sync(name, form["action"], session, client)
        case .lift(let release): done = try await lift(release, form, client)
        case .steer(let namespace, let rollout):
            done = try await steer(rollout, namespace, form, client)
        }
        sessions.leave(Session.Notice(text: done.text), in: session.id)
        return .seeOther(done.path)
    }

    // MARK: Approvals

    private func approve(
        _ form: FormBody, _ client: KubeClient
    ) async throws -> (text: String, path: String) {
        let decision = form["decision"]
        guard ["Approve", "Reject"].contains(decision) else {
            throw DashboardError(.invalid, "an approval approves or rejects")
        }
        let (service, environment) = (form["service"], form["environment"])
        var spec: Object = [
            "service": .string(service), "environment": .string(environment),
            "digest": .string(form["digest"]), "decision": .string(decision),
        ]
        if !form["comment"].isEmpty { spec["comment"] = .string(form["comment"]) }
        // Who it is the API server writes down, from the user's token.
        try await client.create(
            .slipway("approvals"),
            [
                "apiVersion": "slipway.dev/v1alpha1", "kind": "Approval",
                "metadata": ["generateName": .string("\(service)-\(environment)-".lowercased())],
                "spec": .object(spec),
            ], namespace: settings.namespace)
        let word = decision == "Approve" ? "approved" : "rejected"
        return (
            "You \(word) \(Short.digest(form["digest"])) for \(environment) of \(service).",
            LocalPath(form["back"])?.text ?? "/"
        )
    }

    private func rollBack(
        _ form: FormBody, _ client: KubeClient
    ) async throws -> (text: String, path: String) {
        let (service, environment) = (form["service"], form["environment"])
        let reason = form["reason"].isEmpty ? "asked for on the dashboard" : form["reason"]
        guard !service.isEmpty, !environment.isEmpty, reason.utf8.count <= 1024 else {
            throw DashboardError(.invalid, "a rollback names a service, an environment and a short reason")
        }
        var spec: Object = [
            "service": .string(service), "environment": .string(environment), "reason": .string(reason),
        ]
        if !form["release"].isEmpty { spec["release"] = .string(form["release"]) }
        try await client.create(
            Rollback.resource,
            [
                "apiVersion": "slipway.dev/v1alpha1", "kind": "Rollback",
                "metadata": ["generateName": .string("\(service)-\(environment)-".lowercased())],
                "spec": .object(spec),
            ], namespace: settings.namespace)
        return (
            "\(environment) of \(service) goes back to the release before.",
            LocalPath(form["back"])?.text ?? "/"
        )
    }

    // MARK: Pull requests

    private func review(
        _ pull: String, _ form: FormBody, _ session: Session, _ client: KubeClient
    ) async throws -> (text: String, path: String) {
        var fields = ["state": form["state"]]
        if !form["head"].isEmpty { fields["head"] = form["head"] }
        if !form["body"].isEmpty { fields["body"] = form["body"] }
        if form["state"] == "Commented", form["body"].isEmpty {
            throw DashboardError(.invalid, "a comment says something; go back and write it")
        }
        return (
            try await ask("review", pull, fields, session, client), "/pulls/\(FormBody.escaped(pull))"
        )
    }

    private func merge(
        _ pull: String, _ form: FormBody, _ session: Session, _ client: KubeClient
    ) async throws -> (text: String, path: String) {
        let action = form["action"] == "close" ? "close" : "merge"
        var fields: [String: String] = [:]
        if action == "merge", !form["head"].isEmpty { fields["head"] = form["head"] }
        return (
            try await ask(action, pull, fields, session, client), "/pulls/\(FormBody.escaped(pull))"
        )
    }

    private func ask(
        _ action: String, _ pull: String, _ fields: [String: String], _ session: Session,
        _ client: KubeClient
    ) async throws -> String {
        let object = try await client.get(.pullRequests, pull, namespace: settings.namespace)
        let repository = try await client.get(
            .repositories, object.word("spec", "repository"), namespace: settings.namespace)
        return try await settings.forge.act(
            action, pullRequest: pull, repository: repository, fields: fields, token: session.token)
    }

    // MARK: Runs and rollouts

    private func cancel(_ run: String, _ client: KubeClient) async throws -> (text: String, path: String) {
        try await client.patch(
            .pipelineRuns, run, namespace: settings.namespace, .merge(["spec": ["cancel": true]]))
        return ("\(run) is being cancelled.", "/runs/\(FormBody.escaped(run))")
    }

    private func steer(
        _ name: String, _ namespace: String, _ form: FormBody, _ client: KubeClient
    ) async throws -> (text: String, path: String) {
        guard let steering = RolloutSteering(rawValue: form["action"]) else {
            throw DashboardError(
                .invalid, "'\(form["action"].prefix(40))' is nothing that can be done to a rollout")
        }
        // The controller writes the status as well: whatever it did in between is looked at again.
        for _ in 0..<Self.maximumAttempts {
            let rollout = try await client.get(Rollout.resource, name, namespace: namespace)
            try RolloutMoment(form).check(RolloutMoment(RolloutSummary(rollout)), for: steering, of: name)
            var change = try steering.change(of: rollout)
            change["metadata", "resourceVersion"] = .string(rollout.metadata.resourceVersion)
            do {
                try await client.patch(
                    Rollout.resource, name, namespace: namespace, .merge(change),
                    subresource: steering.isOfStatus ? "status" : nil)
            } catch let error as APIError where error.isConflict {
                continue
            }
            return (
                "\(name) \(steering.done).",
                "/rollouts/\(FormBody.escaped(namespace))/\(FormBody.escaped(name))"
            )
        }
        throw DashboardError(.changed, "\(name) changes too often to be steered now; try again")
    }

    /// So often a change is tried on an object that others change too.
    private static let maximumAttempts = 8
}
