import KubeClient
import KubeModel
import Manifest

extension DemoStage {
    /// What there has to be after all acts, whatever was killed meanwhile: a line a thing.
    static let end = [
        "releases: v1 Available, v2 Available, v3 Quarantined",
        "dev: v3 in git, running; v1 Succeeded, v2 Succeeded, v3 Succeeded",
        "staging: v3 in git, running; v1 Succeeded, v2 Succeeded, v3 Succeeded",
        "production: v2 in git, running; v1 Succeeded, v2 Succeeded, v3 RolledBack, back to v2 Succeeded",
        "changes: v1 Merged, v2 Merged, v3 Merged, v4 Open and turned away",
    ]

    /// Waits until there is what there has to be.
    func checkEnd() async throws {
        timeline.begin("The end")
        try await timeline.step("what there has to be is there, and nothing else") {
            let lines = try await admin.wait("what there has to be in the end", .seconds(180)) { seen in
                let lines = try await present()
                seen = lines.joined(separator: "\n")
                return lines == Self.end ? lines : nil
            }
            return ((), lines.joined(separator: "\n                   "))
        }
    }

    /// What there is, in words that are the same after every demonstration.
    private func present() async throws -> [String] {
        let releases = try await admin.objects(.releases).sorted { Self.place($0) < Self.place($1) }
        var names: [String: String] = [:]
        for (index, release) in releases.enumerated() {
            names[release["spec", "image", "digest"]?.stringValue ?? ""] = "v\(index + 1)"
        }
        let phases = releases.map { release in
            "\(names[release["spec", "image", "digest"]?.stringValue ?? ""] ?? "?") "
                + (release["status", "phase"]?.stringValue ?? ReleaseStatus.Phase.available.rawValue)
        }
        var lines = ["releases: \(phases.joined(separator: ", "))"]
        for environment in ["dev", "staging", "production"] {
            lines.append("\(environment): \(try await present(environment, names))")
        }
        lines.append("changes: \(try await changes())")
        return lines
    }

    /// The order in which releases came.
    private static func place(_ release: Value) -> (Int64, String) {
        (release.metadata.creationTimestamp?.seconds ?? 0, release.metadata.name)
    }

    private func present(_ environment: String, _ names: [String: String]) async throws -> String {
        _ = try await config.main()
        let file = try await config.fetched(
            "services/\(Self.service)/overlays/\(environment)/kustomization.yaml")
        let inGit = names.filter { file.contains($0.key) }.map(\.value).sorted().joined(separator: " and ")
        let (images, isWhole) = try await running(in: environment)
        let running = Set(images.map { image in names.first { image.hasSuffix($0.key) }?.value ?? image })
            .sorted().joined(separator: " and ")
        let state = running == inGit && isWhole ? "running" : "\(running), not settled"
        let promotions = try await admin.objects(.promotions)
            .filter { $0["spec", "environment"]?.stringValue == environment }
            .sorted { $0["spec", "sequence"]?.integerValue ?? 0 < $1["spec", "sequence"]?.integerValue ?? 0 }
        let words = promotions.map { promotion in
            let back = promotion["spec", "kind"]?.stringValue == "Rollback" ? "back to " : ""
            let name = names[promotion["spec", "digest"]?.stringValue ?? ""] ?? "?"
            return "\(back)\(name) \(promotion["status", "phase"]?.stringValue ?? "Waiting")"
        }
        return "\(inGit.isEmpty ? "nothing" : inGit) in git, \(state); \(words.joined(separator: ", "))"
    }

    /// The pull requests of the service's own repository.
    private func changes() async throws -> String {
        let pulls = try await admin.objects(.pullRequests)
            .filter { $0["spec", "repository"]?.stringValue == "orders" }
            .sorted { $0["spec", "number"]?.integerValue ?? 0 < $1["spec", "number"]?.integerValue ?? 0 }
        return pulls.enumerated().map { index, pull in
            let isTurnedAway = pull["status", "evictedHead"] != nil
            return "v\(index + 1) \(pull["status", "phase"]?.stringValue ?? "Open")"
                + (isTurnedAway ? " and turned away" : "")
        }.joined(separator: ", ")
    }
}
