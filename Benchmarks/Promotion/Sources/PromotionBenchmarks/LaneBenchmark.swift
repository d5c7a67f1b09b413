import Foundation
import Git
import Promotion
import Synchronization

/// A thousand services in one file, and an outside writer that pushes ten commits a second to the same file.
struct LaneBenchmark {
    let directory: String
    let program: GitProgram
    let services: Int
    private static let file = "services/all/overlays/production/kustomization.yaml"

    private var text: String {
        var text = "resources:\n- ../../base\n# outside: 0\nimages:\n"
        for number in 0..<services {
            text += "- name: svc-\(number)  # team \(number % 7)\n  newName: registry.local/svc-\(number)\n"
            text += "  digest: \(PromotionBenchmarks.digest(number))\n"
        }
        return text
    }

    func run() async throws {
        let git = try await GitRepository.create(at: "\(directory)/config.git", program: program)
        let first = try await git.commit(
            [.write(Self.file, Array(text.utf8))], on: nil,
            author: Signature(name: "Ada", email: "ada@example.org", seconds: 1_767_000_000), message: "Begin"
        )
        try await git.update([.create("refs/heads/main", first)])
        let lane = PromotionLane(try GitConfigBranch(git, name: "slipway/config"))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await lane.run() }
            let isOver = Mutex(false)
            let pushed = Mutex(0)
            group.addTask { try await Self.push(git, pushed, until: { isOver.withLock { $0 } }) }
            let clock = ContinuousClock()
            let start = clock.now
            let refused = try await promoteAll(lane)
            let took = PromotionBenchmarks.milliseconds(start.duration(to: clock.now)) / 1000
            let outside = pushed.withLock { $0 }
            let counts = lane.counts
            PromotionBenchmarks.row(
                "services in one file, promoted at once", "\(services - refused) of \(services)")
            PromotionBenchmarks.row("refused or in conflict", "\(refused)")
            PromotionBenchmarks.row(
                "promotions a second",
                String(
                    format: "%.0f (%.1f s, %d moves of the branch, %d lost races)",
                    Double(services) / took, took, counts.batches, counts.lostRaces))
            PromotionBenchmarks.row(
                "commits a second of the outside writer meanwhile",
                String(format: "%.1f", Double(outside) / took))
            let latencies = try await paced(lane)
            PromotionBenchmarks.row(
                "at 50 promotions a second, from intent to branch, ms p50 / p99",
                String(
                    format: "%.0f / %.0f", PromotionBenchmarks.percentile(latencies, 0.5),
                    PromotionBenchmarks.percentile(latencies, 0.99)))
            isOver.withLock { $0 = true }
            try await Task.sleep(for: .milliseconds(500))
            try await verify(git, pushed.withLock { $0 }, paced: latencies.count)
            group.cancelAll()
        }
    }

    private func intent(_ number: Int, from: Int, to: Int, sequence: Int) -> PromotionIntent {
        PromotionIntent(
            service: "svc-\(number)", environment: "production", kind: .promotion,
            target: FieldTarget(file: Self.file, place: .imageDigest("svc-\(number)")),
            expected: PromotionBenchmarks.digest(from), value: PromotionBenchmarks.digest(to),
            image: "registry.local/svc-\(number)",
            reason: PromotionReason(
                promotion: "svc-\(number)-production-\(sequence)", sequence: sequence,
                release: "svc-\(number)-r",
                digest: PromotionBenchmarks.digest(to), commit: String(repeating: "c", count: 40),
                repository: "svc-\(number)",
                gates: ["lint=passed", "test=passed", "security=passed", "build=passed"],
                approvals: ["ada (approval-1, 2026-01-01T00:00:00Z)"], rule: "production.approvals"))
    }

    private func promoteAll(_ lane: PromotionLane) async throws -> Int {
        await withTaskGroup(of: Bool.self) { group in
            for number in 0..<services {
                group.addTask {
                    let intent = self.intent(number, from: number, to: 1_000_000 + number, sequence: 1)
                    do {
                        return try await !lane.submit(intent).wasPresent
                    } catch {
                        print("refused: \(error)")
                        return false
                    }
                }
            }
            var refused = 0
            for await isLanded in group where !isLanded { refused += 1 }
            return refused
        }
    }

    /// Fifty a second for ten seconds.
    private func paced(_ lane: PromotionLane) async throws -> [Double] {
        let clock = ContinuousClock()
        let start = clock.now
        return try await withThrowingTaskGroup(of: Double.self) { group in
            for number in 0..<min(500, services) {
                try await clock.sleep(until: start.advanced(by: .milliseconds(20 * number)))
                group.addTask {
                    let began = clock.now
                    let intent = self.intent(
                        number, from: 1_000_000 + number, to: 2_000_000 + number, sequence: 2)
                    _ = try await lane.submit(intent)
                    return PromotionBenchmarks.milliseconds(began.duration(to: clock.now))
                }
            }
            var latencies: [Double] = []
            for try await latency in group { latencies.append(latency) }
            return latencies
        }
    }

    /// Changes a line of the same file ten times a second.
    private static func push(_ git: GitRepository, _ pushed: borrowing Mutex<Int>, until isOver: () -> Bool)
        async throws
    {
        let clock = ContinuousClock()
        var next = clock.now
        var count = 0
        while !isOver() {
            guard let head = try await git.reference("refs/heads/main"),
                let bytes = try await git.blob(file, at: head)
            else { return }
            let text = String(decoding: bytes, as: UTF8.self)
                .replacing("# outside: \(count)\n", with: "# outside: \(count + 1)\n")
            let commit = try await git.commit(
                [.write(file, Array(text.utf8))], on: head,
                author: Signature(name: "Bob", email: "bob@example.org", seconds: 1_767_000_200),
                message: "Outside \(count + 1)")
            do {
                try await git.update([.move("refs/heads/main", from: head, to: commit)])
            } catch let error as GitError where error.code == .refMoved {
                continue
            }
            count += 1
            pushed.withLock { $0 = count }
            next = max(next.advanced(by: .milliseconds(100)), clock.now)
            try await clock.sleep(until: next)
        }
    }

    private func verify(_ git: GitRepository, _ pushed: Int, paced: Int) async throws {
        guard let head = try await git.reference("refs/heads/main"),
            let bytes = try await git.blob(Self.file, at: head)
        else { return }
        var expected = text.replacing("# outside: 0\n", with: "# outside: \(pushed)\n")
        for number in 0..<services {
            let value = (number < paced ? 2_000_000 : 1_000_000) + number
            expected = expected.replacing(
                "digest: \(PromotionBenchmarks.digest(number))\n",
                with: "digest: \(PromotionBenchmarks.digest(value))\n")
        }
        let isExact = String(decoding: bytes, as: UTF8.self) == expected
        let commits = try await git.commits(of: head, firstParent: true, limit: 1_000_000).count
        PromotionBenchmarks.row("the file is what it must be, to the byte", isExact ? "yes" : "NO")
        PromotionBenchmarks.row(
            "commits: one a promotion and one a push of others",
            commits == 1 + services + paced + pushed ? "yes" : "NO, \(commits)")
    }
}
