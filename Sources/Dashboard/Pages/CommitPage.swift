import KubeClient
import KubeModel
import Manifest

/// The journey of a commit: pull request, gates, image, environments, canary.
struct CommitPage: Page {
    let namespace: String
    let repository: String
    let commit: String
    /// The namespaces that the repository's services run in, as they were when the page was loaded.
    let places: [String]

    var title: String { "\(repository) \(Short.commit(commit))" }
    var section: Section { .board }
    var trail: [Link] { [Link("Delivery", "/")] }
    var pulse: Duration { .seconds(2) }
    var collections: [ObjectCollection] {
        [
            ObjectCollection(.pipelineRuns, in: namespace), ObjectCollection(.pullRequests, in: namespace),
            ObjectCollection(.releases, in: namespace),
            ObjectCollection(.slipway("promotions"), in: namespace),
            ObjectCollection(.slipway("deliveries"), in: namespace),
        ]
            + places.flatMap { place in
                [
                    ObjectCollection(Rollout.resource, in: place),
                    ObjectCollection(.replicaSets, in: place), ObjectCollection(Analysis.runs, in: place),
                    ObjectCollection(.configMaps, in: place, kept: .judgeRecords),
                ]
            }
    }

    /// So many namespaces are looked into, the last environments first.
    private static let maximumPlaces = 8

    /// Where the services of a repository run.
    static func places(of repository: String, _ deliveries: [Value]) -> [String] {
        var places: [String] = []
        for delivery in deliveries {
            let service = delivery.metadata.name
            guard Self.repository(of: delivery) == repository else { continue }
            for environment in delivery.list("spec", "environments").reversed() {
                places.append(
                    environment["namespace"]?.stringValue ?? "\(service)-\(environment.word("name"))")
            }
        }
        return Array(places.prefix(maximumPlaces))
    }

    func regions(_ context: PageContext) async throws -> [Region] {
        let pulls = context.objects[.pullRequests].filter(isOfCommit)
        let runs = context.objects[.pipelineRuns].filter {
            $0.word("spec", "repository") == repository && $0.word("spec", "commit") == commit
        }.newestFirst
        let releases = context.objects[.releases].filter {
            $0.word("spec", "repository") == repository && $0.word("spec", "commit") == commit
        }
        let promotions = context.objects[.slipway("promotions")].filter {
            $0.word("spec", "commit") == commit && isOfRepository($0, context)
        }
        guard !(pulls.isEmpty && runs.isEmpty && releases.isEmpty && promotions.isEmpty) else {
            throw DashboardError(
                .notFound, "nothing is known of a commit \(Short.commit(commit)) of \(repository)")
        }
        var regions = [
            Region(
                name: "commit", template: "commit", fields: head(pulls, runs, releases, promotions, context))
        ]
        if let run = runs.first {
            let gates = GatesView(run)
            regions.append(
                Region(
                    name: "gates", template: "gates", fields: await gates.fields(context),
                    spoken: gates.spoken))
        }
        regions += releases.map { release in
            Region(
                name: "image-\(release.metadata.name)", template: "image", fields: image(release, context))
        }
        if !promotions.isEmpty {
            regions.append(
                Region(
                    name: "promotions", template: "promotions", fields: journeys(promotions, context),
                    spoken: promotions.map(Self.spoken)))
        }
        regions += canaries(releases, context)
        return regions
    }

    /// Whether a promotion's release or service is none of another repository, which may have the same commit.
    private func isOfRepository(_ promotion: Value, _ context: PageContext) -> Bool {
        let release = context.objects.object(.releases, promotion.word("spec", "release"))
        let service = promotion.word("spec", "service")
        let delivery = context.objects.object(.slipway("deliveries"), service)
        let named = release?["spec", "repository"]?.stringValue ?? delivery.map(Self.repository)
        return named == nil || named == repository
    }

    /// The repository of a delivery's service.
    private static func repository(of delivery: Value) -> String {
        delivery["spec", "repository"]?.stringValue ?? delivery.metadata.name
    }

    private func isOfCommit(_ pull: Value) -> Bool {
        guard pull.word("spec", "repository") == repository else { return false }
        return [
            pull.word("spec", "head"), pull.word("status", "mergeCommit"), pull.word("status", "candidate"),
        ].contains(commit)
    }

    // MARK: Head

    private func head(
        _ pulls: [Value], _ runs: [Value], _ releases: [Value], _ promotions: [Value], _ context: PageContext
    ) -> Fields {
        let pull = pulls.first
        let phase = runs.first?["status", "phase"]?.stringValue
        let release = releases.first
        let quarantine = releases.first { $0.word("status", "phase") == "Quarantined" }
        let isSigned = releases.allSatisfy { $0["spec", "signature"] != nil }
        var stages: [Fields] = [
            Self.stage(
                "Change", pull.map { PullRequestsPage.isOpen($0) ? .busy : .good } ?? .off,
                pull.map { $0.word("spec", "author") } ?? "", "#commit"),
            Self.stage("Gates", phase.map(Tone.init(phase:)) ?? .off, phase ?? "", "#gates"),
            Self.stage(
                "Image", release == nil ? .off : quarantine == nil && isSigned ? .good : .bad,
                release == nil
                    ? "" : quarantine != nil ? "quarantined" : isSigned ? "signed" : "not signed",
                release.map { "#image-\($0.metadata.name)" } ?? "#commit"),
        ]
        let places = environments(context)
        let isOfSeveral = Set(places.map(\.service)).count > 1
        for place in places {
            let own = promotions.filter {
                $0.word("spec", "service") == place.service
                    && $0.word("spec", "environment") == place.environment
            }.max { Self.sequence($0) < Self.sequence($1) }
            let phase = own?.word("status", "phase") ?? ""
            let name = isOfSeveral ? "\(place.service) \(place.environment)" : place.environment
            stages.append(
                Self.stage(name, own == nil ? .off : Tone(phase: phase), Tone.words(phase), "#promotions"))
        }
        return [
            "repository": .text(repository), "commit": .text(commit), "short": .text(Short.commit(commit)),
            "title": .text(pull?.word("spec", "title") ?? ""),
            "author": .text(pull?.word("spec", "author") ?? ""),
            "pull": .text(pull?.metadata.name ?? ""),
            "pullPhase": pull.map(PullRequestsPage.phase) ?? .text(""),
            "approvers": .text(
                (pull?.list("status", "reviews") ?? []).filter { $0.word("state") == "Approved" }
                    .map { $0.word("author") }.joined(separator: ", ")),
            "quarantine": .text(
                quarantine.map { $0["status", "message"]?.stringValue ?? $0.word("status", "reason") } ?? ""),
            "isQuarantined": .flag(quarantine != nil), "quarantined": .optional(quarantine?.metadata.name),
            "stages": .list(stages),
        ]
    }

    private static func stage(_ name: String, _ tone: Tone, _ text: String, _ target: String) -> Fields {
        [
            "name": .text(name), "tone": .text(tone.rawValue), "sign": .text(tone.sign), "text": .text(text),
            "target": .text(target),
        ]
    }

    /// The environments of the repository's services, each service's in its order.
    private func environments(_ context: PageContext) -> [(service: String, environment: String)] {
        context.objects[.slipway("deliveries")].filter { Self.repository(of: $0) == repository }
            .flatMap { delivery in
                delivery.list("spec", "environments").map { (delivery.metadata.name, $0.word("name")) }
            }
    }

    private static func sequence(_ promotion: Value) -> Int64 {
        promotion["spec", "sequence"]?.integerValue ?? 0
    }

    // MARK: Image

    private func image(_ release: Value, _ context: PageContext) -> Fields {
        let image = release["spec", "image"] ?? .emptyObject
        let signature = release["spec", "signature"]
        var fields: Fields = [
            "name": .text(release.metadata.name), "repository": .text(image.word("repository")),
            "tag": .text(image.word("tag")), "digest": .text(image.word("digest")),
            "size": .text(image["size"]?.integerValue.map(Figures.bytes) ?? ""),
            "built": .group(Moments.fields(release["spec", "builtAt"]?.stringValue, now: context.now)),
            "sbom": .text(release.word("spec", "sbom", "digest")),
            "provenance": .text(release.word("spec", "provenance", "digest")),
            "verdict": .text(release.word("spec", "verdict")), "run": .text(release.word("spec", "run")),
            "phase": Tone.badge(phase: release["status", "phase"]?.stringValue ?? "Available"),
            "isSigned": .flag(signature != nil),
        ]
        if let signature {
            fields = fields.merging([
                "identity": .text(signature.word("identity")), "issuer": .text(signature.word("issuer")),
                "bundle": .text(signature.word("digest")),
                "log": .text(Short.commit(signature.word("logID"))),
                "logIndex": .number(signature["logIndex"]?.integerValue ?? 0),
                "logged": .group(
                    Moments.fields(signature["integratedTime"]?.stringValue, now: context.now)),
                "isDevelopment": .flag(signature["development"]?.boolValue == true),
            ])
        }
        return fields
    }

    // MARK: Promotions

    private func journeys(_ promotions: [Value], _ context: PageContext) -> Fields {
        let order = environments(context)
        func place(_ promotion: Value) -> (Int, Int64) {
            let spec = promotion["spec"] ?? .emptyObject
            let index = order.firstIndex { $0 == (spec.word("service"), spec.word("environment")) }
            return (index ?? order.count, Self.sequence(promotion))
        }
        let sorted = promotions.sorted { place($0) < place($1) }
        return ["rows": .list(sorted.map { promotion($0, context) })]
    }

    private func promotion(_ promotion: Value, _ context: PageContext) -> Fields {
        let status = promotion["status"] ?? .emptyObject
        let needed = status["requiredApprovals"]?.integerValue ?? 0
        let approvals = status.list("approvals")
        let times: [(String, String)] = [
            ("written to git", "committedAt"), ("in the cluster", "syncedAt"), ("healthy", "healthyAt"),
            ("smoke test passed", "smokePassedAt"), ("finished", "finishedAt"),
        ]
        let isWaiting = status.word("phase") == "Waiting"
        return [
            "environment": .text(promotion.word("spec", "environment")),
            "service": .text(promotion.word("spec", "service")),
            "digest": .text(promotion.word("spec", "digest")),
            "short": .text(Short.commit(promotion.word("spec", "commit"))),
            "name": .text(promotion.metadata.name),
            "isRollback": .flag(promotion.word("spec", "kind") == "Rollback"),
            "phase": Tone.badge(phase: status["phase"]?.stringValue ?? "Waiting"),
            "message": .text(status.word("message")), "rule": .text(status.word("rule")),
            "blocker": .text(status.word("blocker", "message")),
            "reason": .text(Tone.words(status.word("blocker", "reason"))),
            "until": .group(BoardPage.until(status["blocker", "until"]?.stringValue, now: context.now)),
            "config": .text(Short.commit(status.word("configCommit"))),
            "pull": .text(status.word("pullRequest")),
            "approvals": .text(needed == 0 ? "" : "\(approvals.count) of \(needed) approvals"),
            "approvers": .list(
                approvals.map { approval in
                    [
                        "user": .text(approval.word("user")),
                        "when": .group(Moments.fields(approval["at"]?.stringValue, now: context.now)),
                    ]
                }),
            "needsApproval": .flag(
                isWaiting && approvals.count < Int(needed)
                    && !approvals.contains { $0.word("user") == context.viewer.user }),
            "back": .text("/commits/\(repository)/\(commit)"),
            "times": .list(
                times.compactMap { words, key in
                    status[key]?.stringValue.map { text in
                        ["words": .text(words), "when": .group(Moments.fields(text, now: context.now))]
                    }
                }),
            "decisions": .list(
                status.list("decisions").map { decision in
                    [
                        "rule": .text(decision.word("rule")), "message": .text(decision.word("message")),
                        "when": .group(Moments.fields(decision["at"]?.stringValue, now: context.now)),
                    ]
                }),
            "hasDecisions": .flag(!status.list("decisions").isEmpty),
        ]
    }

    /// Where a promotion stands, and what it waits for.
    private static func spoken(_ promotion: Value) -> String {
        let (spec, status) = (promotion["spec"] ?? .emptyObject, promotion["status"] ?? .emptyObject)
        let needed = status["requiredApprovals"]?.integerValue ?? 0
        let kind = spec.word("kind") == "Rollback" ? ", a rollback" : ""
        let phase = Tone.words(status["phase"]?.stringValue ?? "Waiting")
        return BoardPage.spoken(
            "\(spec.word("environment")) of \(spec.word("service"))\(kind): \(phase)", status["blocker"],
            needed: needed, given: status.list("approvals").count)
    }

    // MARK: Canary

    /// The rollouts that run the commit's image by steps, or have run it, those of the last environment first.
    private func canaries(_ releases: [Value], _ context: PageContext) -> [Region] {
        let digests = releases.map { $0.word("spec", "image", "digest") }.filter { !$0.isEmpty }
        let sets = context.objects[.replicaSets]
        let order = Dictionary(
            places.enumerated().map { ($0.element, $0.offset) }, uniquingKeysWith: { first, _ in first })
        func place(_ rollout: Value) -> Int { order[rollout.metadata.namespace] ?? places.count }
        let rollouts = context.objects[Rollout.resource].enumerated().sorted {
            (place($0.element), $0.offset) < (place($1.element), $1.offset)
        }
        return rollouts.map(\.element).compactMap { rollout in
            guard let version = RolloutVersion(of: digests, in: rollout, sets) else { return nil }
            let view = CanaryView(rollout, context.objects, version: version)
            guard view.isByStages else { return nil }
            return Region(
                name: "canary-\(rollout.metadata.namespace)-\(rollout.metadata.name)", template: "canary",
                fields: view.fields(now: context.now), spoken: view.spoken)
        }
    }
}
