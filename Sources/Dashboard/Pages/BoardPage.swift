import KubeClient
import KubeModel
import Manifest

/// The delivery board: services by environments, with what each has, since when, and what waits for what.
struct BoardPage: Page {
    let namespace: String
    let places: RolloutPlaces

    var title: String { "Delivery" }
    var section: Section { .board }
    var collections: [ObjectCollection] {
        [
            ObjectCollection(.slipway("deliveries"), in: namespace),
            ObjectCollection(Application.resource, in: namespace, kept: .rows),
            ObjectCollection(.pullRequests, in: namespace, kept: .rows),
            ObjectCollection(.pipelineRuns, in: namespace, kept: .rows),
            ObjectCollection(.releases, in: namespace, kept: .rows),
        ] + places.collections
    }

    func regions(_ context: PageContext) async throws -> [Region] {
        let deliveries = context.objects[.slipway("deliveries")]
        return [
            Region(name: "summary", template: "summary", fields: summary(context)),
            Region(
                name: "board", template: "board", fields: board(deliveries, context),
                spoken: deliveries.flatMap { spoken($0, context) }),
        ]
    }

    // MARK: What moves

    private func summary(_ context: PageContext) -> Fields {
        let pulls = context.objects[.pullRequests].filter { $0.word("spec", "state") == "Open" }
            .filter { $0.word("status", "phase") != "Merged" }
        let queued = pulls.count { ["Queued", "Testing", "Merging"].contains($0.word("status", "phase")) }
        let runs = context.objects[.pipelineRuns].count {
            ["", "Pending", "Running"].contains($0.word("status", "phase"))
        }
        let rollouts = context.objects[Rollout.resource].count { RolloutSummary($0).isUnderWay }
        let waiting = context.objects[.slipway("deliveries")].flatMap { $0.list("status", "environments") }
            .reduce(0) { $0 + $1.list("waiting").count }
        let parts: [(Int, String, String, String)] = [
            (waiting, "promotion waits", "promotions wait", "#board"),
            (pulls.count, "open pull request", "open pull requests", "/pulls"),
            (queued, "in the merge queue", "in the merge queue", "/queue"),
            (runs, "run under way", "runs under way", "/runs"),
            (rollouts, "rollout under way", "rollouts under way", "/rollouts"),
        ]
        return [
            "figures": .list(
                parts.map { count, one, many, path in
                    [
                        "count": .number(count), "words": .text(count == 1 ? one : many),
                        "path": .text(path), "isZero": .flag(count == 0),
                    ]
                })
        ]
    }

    // MARK: The board

    private func board(_ deliveries: [Value], _ context: PageContext) -> Fields {
        var columns: [String] = []
        for delivery in deliveries {
            for environment in delivery.list("spec", "environments") {
                let name = environment.word("name")
                if !columns.contains(name) { columns.append(name) }
            }
        }
        let newest = NewestReleases(of: context.objects[.releases])
        return [
            "columns": .list(columns.map { ["name": .text($0)] }),
            "rows": .list(deliveries.map { row($0, newest[$0.metadata.name], columns, context) }),
            "isEmpty": .flag(deliveries.isEmpty), "hint": places.hint,
        ]
    }

    /// - Parameter newest: the service's newest release.
    private func row(
        _ delivery: Value, _ newest: Value?, _ columns: [String], _ context: PageContext
    ) -> Fields {
        let service = delivery.metadata.name
        let repository = delivery["spec", "repository"]?.stringValue ?? service
        let stopped = delivery.word("spec", "stopTheLine")
        let invalid = delivery.list("status", "conditions").first {
            $0.word("type") == "Valid" && $0.word("status") == "False"
        }
        return [
            "service": .text(service), "repository": .text(repository), "stopped": .text(Short.text(stopped)),
            "invalid": .optional(invalid.map { Short.text($0.word("message")) }),
            "quarantine": .list(newest.map(Self.quarantine) ?? []),
            "cells": .list(columns.map { cell($0, delivery, repository, context) }),
        ]
    }

    /// That the newest release goes nowhere: until somebody acts, the environments stay as they are.
    private static func quarantine(_ release: Value) -> [Fields] {
        guard release.word("status", "phase") == "Quarantined" else { return [] }
        let commit = release.word("spec", "commit")
        return [
            [
                "commit": .text(commit), "short": .text(Short.commit(commit)),
                "repository": .text(release.word("spec", "repository")),
                "message": .text(Short.text(release.word("status", "message"))),
            ]
        ]
    }

    private func cell(
        _ name: String, _ delivery: Value, _ repository: String, _ context: PageContext
    ) -> Fields {
        let service = delivery.metadata.name
        guard let spec = delivery.list("spec", "environments").first(where: { $0.word("name") == name })
        else {
            return ["environment": .text(name), "isAbsent": true]
        }
        let status = delivery.list("status", "environments").first { $0.word("name") == name } ?? .emptyObject
        let application = application(of: service, name, status, context)
        let phase = status.word("phase")
        var fields: Fields = [
            "environment": .text(name), "service": .text(service), "repository": .text(repository),
            "commit": .optional(status["commit"]?.stringValue),
            "short": .text(Short.commit(status.word("commit"))),
            "digest": .text(Short.digest(status.word("digest"))),
            "since": .group(Moments.fields(status["since"]?.stringValue, now: context.now)),
            "phase": Tone.badge(phase: phase == "Empty" ? nil : phase),
            "blocker": .text(Short.text(status.word("blocker", "message"))),
            "until": .group(Self.until(status["blocker", "until"]?.stringValue, now: context.now)),
            "isEmpty": .flag(status.word("commit").isEmpty && status.word("digest").isEmpty),
            "release": .text(status.word("release")),
            "canRollBack": .flag(!status.word("release").isEmpty && phase != "Empty"),
        ]
        if let application {
            let health = application.word("status", "health", "status")
            let sync = application.word("status", "sync", "status")
            fields["application"] = .text(application.metadata.name)
            if health != "Healthy" { fields["health"] = Tone.badge(phase: health) }
            if sync != "Synced" { fields["sync"] = Tone.badge(phase: sync) }
        }
        let moving = moving(service, spec, status, context)
        fields["rollouts"] = .list(
            moving.map { $0.fields.merging(["isOneOfSeveral": .flag(moving.count > 1)]) })
        fields["pullRequest"] = .optional(status["pullRequest"]?.stringValue)
        fields["waiting"] = .list(
            status.list("waiting").map { waiting($0, service, name, repository, context) })
        return fields
    }

    private func application(
        of service: String, _ environment: String, _ status: Value, _ context: PageContext
    ) -> Value? {
        context.objects.object(
            Application.resource, status["application"]?.stringValue ?? "\(service)-\(environment)")
    }

    /// The rollouts under way, or taken back, of those that an environment's application deploys.
    private func moving(
        _ service: String, _ spec: Value, _ status: Value, _ context: PageContext
    ) -> [RolloutSummary] {
        let name = spec.word("name")
        let place = status["namespace"]?.stringValue ?? spec["namespace"]?.stringValue ?? "\(service)-\(name)"
        return rollouts(of: application(of: service, name, status, context), service, place, context)
            .map(RolloutSummary.init).filter { $0.isUnderWay || $0.isAborted }
    }

    /// The rollouts that an environment's application deploys; others may share its namespace.
    private func rollouts(
        of application: Value?, _ service: String, _ place: String, _ context: PageContext
    ) -> [Value] {
        func rollout(_ namespace: String, _ name: String) -> Value? {
            context.objects.object(Rollout.resource, name, namespace: namespace)
        }
        guard let application else { return rollout(place, service).map { [$0] } ?? [] }
        return application.list("status", "resources").filter {
            $0.word("kind") == "Rollout" && $0.word("group") == Rollout.resource.group
        }.compactMap { rollout($0.word("namespace"), $0.word("name")) }
    }

    private func waiting(
        _ waiting: Value, _ service: String, _ environment: String, _ repository: String,
        _ context: PageContext
    ) -> Fields {
        let needed = waiting["requiredApprovals"]?.integerValue ?? 0
        let approvers = waiting.list("approvedBy").compactMap(\.stringValue)
        var fields: Fields = [
            "service": .text(service), "environment": .text(environment), "repository": .text(repository),
            "commit": .text(waiting.word("commit")), "short": .text(Short.commit(waiting.word("commit"))),
            "digest": .text(waiting.word("digest")),
            "since": .group(Moments.fields(waiting["since"]?.stringValue, now: context.now)),
            "reason": .text(Tone.words(waiting.word("blocker", "reason"))),
            "blocker": .text(Short.text(waiting.word("blocker", "message"))),
            "until": .group(Self.until(waiting["blocker", "until"]?.stringValue, now: context.now)),
            "back": "/",
        ]
        if needed > 0 {
            fields["approvals"] = .text("\(approvers.count) of \(needed) approvals")
            fields["approvers"] = .text(Short.text(approvers.joined(separator: ", ")))
            fields["needsApproval"] = .flag(
                approvers.count < Int(needed) && !approvers.contains(context.viewer.user))
        }
        return fields
    }

    // MARK: What is heard

    /// What each environment has, and what waits for it.
    private func spoken(_ delivery: Value, _ context: PageContext) -> [String] {
        let service = delivery.metadata.name
        let statuses = delivery.list("status", "environments")
        return delivery.list("spec", "environments").flatMap { spec -> [String] in
            let name = spec.word("name")
            guard let environment = statuses.first(where: { $0.word("name") == name }) else { return [] }
            let canaries = moving(service, spec, environment, context).map(\.spoken)
            let waiting = environment.list("waiting").map { one in
                Self.spoken(
                    "\(Short.commit(one.word("commit"))) waits for \(name) of \(service)", one["blocker"],
                    needed: one["requiredApprovals"]?.integerValue ?? 0, given: one.list("approvedBy").count)
            }
            guard !environment.word("commit").isEmpty else { return waiting + canaries }
            let present =
                "\(name) of \(service): \(Short.commit(environment.word("commit"))), "
                + Tone.words(environment.word("phase"))
            return [Self.spoken(present, environment["blocker"])] + waiting + canaries
        }
    }

    /// A sentence with what is waited for. Only its kind: the message may count seconds and pods.
    static func spoken(_ start: String, _ blocker: Value?, needed: Int64 = 0, given: Int = 0) -> String {
        let reason = Tone.words(blocker?.word("reason") ?? "")
        return ([start, reason] + (needed > 0 ? ["\(given) of \(needed) approvals"] : []))
            .filter { !$0.isEmpty }.joined(separator: ", ")
    }

    /// When something ends by itself, as the time from now.
    static func until(_ text: String?, now: Timestamp) -> Fields {
        guard let text, let time = Timestamp(rfc3339: text), time > now else { return [:] }
        return [
            "in": .text(Moments.spelled(.seconds(time.seconds - now.seconds))),
            "at": .text(time.wholeSeconds.rfc3339),
        ]
    }
}
