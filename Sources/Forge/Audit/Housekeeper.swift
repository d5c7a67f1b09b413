import Git
import KubeClient
import KubeModel
import Logging
import Synchronization

/// Packs the objects of repositories that have nothing to do, so that a long life does not make them slow.
///
/// What nothing refers to is kept for two weeks: a push or a candidate may be about to.
struct Housekeeper: Sendable {
    let forge: EmbeddedForge

    func run() async throws {
        try await forge.repositories.waitUntilReady()
        while !Task.isCancelled {
            try await forge.timeline.sleep(for: forge.configuration.housekeepingInterval)
            for object in forge.repositories.objects where isIdle(object.key) {
                do {
                    try await tidy(try forge.hosted(object.key))
                } catch is CancellationError {
                    return
                } catch {
                    forge.logger.warning(
                        "a repository was not packed",
                        metadata: ["repository": "\(object.key)", "error": "\(error)"])
                }
            }
        }
    }

    private func isIdle(_ key: ObjectKey) -> Bool {
        let isKnown = forge.queues.withLock { $0.keys.contains { $0.repository == key } }
        return isKnown && forge.hasIdleQueues(key)
    }

    private func tidy(_ repository: HostedRepository) async throws {
        let git = repository.git
        guard git.exists else { return }
        let counts = ObjectCounts(
            try await git.program.run(GitInvocation(["--git-dir=\(git.path)", "count-objects", "-v"])).text)
        guard counts.needsPacking else { return }
        // References stay as they are: packing them is a change that hooks would be asked about.
        var packing = GitInvocation([
            "--git-dir=\(git.path)", "gc", "--quiet", "--prune=2.weeks.ago",
        ])
        packing.settings = [("gc.packRefs", "false")]
        packing.timeout = .seconds(3600)
        try await git.program.run(packing)
        forge.logger.info(
            "packed", metadata: ["repository": "\(repository.key)", "loose": "\(counts.loose)"])
    }
}

/// What `git count-objects -v` tells.
struct ObjectCounts: Equatable {
    var loose = 0
    var packs = 0

    init(_ text: String) {
        for line in text.split(separator: "\n") {
            let parts = line.split(separator: ":")
            guard parts.count == 2, let number = Int(parts[1].drop { $0 == " " }) else { continue }
            if parts[0] == "count" { loose = number }
            if parts[0] == "packs" { packs = number }
        }
    }

    /// Where git itself would say so (`gc.auto`, `gc.autoPackLimit`), or a little before.
    var needsPacking: Bool { loose > 5_000 || packs > 40 }
}
