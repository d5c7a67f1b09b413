import ClusterTestSupport
import Foundation
import Git
import KubeClient
import KubeModel
import KubeServer
import Manifest
import Promotion
import TestSupport
import Testing

/// The commands that people use, as the real program, against promotion at work.
struct CommandTests {
    /// Runs the program as somebody.
    private struct Terminal: Sendable {
        let program: String
        let directory: String

        func callAsFunction(_ user: String, _ arguments: String...) async throws -> Program.Outcome {
            try await Program.run(
                program, arguments + ["--kubeconfig", "\(directory)/\(user)"], in: directory,
                environment: [:])
        }
    }

    private static func with(
        _ body: @escaping @Sendable (PromotionFixture, Terminal) async throws -> Void
    ) async throws {
        let program = try #require(Program.built("slipway"))
        try await PromotionFixture.with { fixture in
            let (ports, ready) = AsyncStream<Int>.makeStream()
            let listener = HTTPListener(fixture.server, logger: .silent) { ready.yield($0) }
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await listener.run() }
                var iterator = ports.makeAsyncIterator()
                let url = "http://127.0.0.1:\(await iterator.next() ?? 0)"
                for user in ["ada", "bob"] {
                    try Kubeconfig(server: url, authority: nil, token: "\(user)-token")
                        .write(to: "\(fixture.config.directory)/\(user)")
                }
                let result: Result<Void, any Error>
                do {
                    try await body(fixture, Terminal(program: program, directory: fixture.config.directory))
                    result = .success(())
                } catch {
                    result = .failure(error)
                }
                group.cancelAll()
                try? await group.waitForAll()
                try result.get()
            }
        }
    }

    @Test func `the controller with the role promotion keeps out what nobody has signed`() async throws {
        let program = try #require(Program.built("slipway"))
        try await PromotionFixture.prepared { fixture in
            let directory = fixture.config.directory
            let (ports, ready) = AsyncStream<Int>.makeStream()
            let listener = HTTPListener(fixture.server, logger: .silent) { ready.yield($0) }
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await listener.run() }
                var iterator = ports.makeAsyncIterator()
                try Kubeconfig(
                    server: "http://127.0.0.1:\(await iterator.next() ?? 0)", authority: nil,
                    token: "admin-token"
                ).write(to: "\(directory)/admin")
                let controller = Process()
                controller.executableURL = URL(filePath: program)
                controller.arguments = [
                    "controller", "--roles", "promotion,rollouts", "--config", "\(directory)/config.git",
                    "--repository", "http://localhost/orders.git=\(directory)/orders.git",
                    "--data", "\(directory)/data", "--kubeconfig", "\(directory)/admin",
                ]
                controller.standardOutput = FileHandle.nullDevice
                controller.standardError = FileHandle.nullDevice
                try controller.run()
                let result: Result<Void, any Error>
                do {
                    try await fixture.release(1)
                    let place = try await fixture.wait("dev") {
                        $0.waiting?.last?.blocker?.reason.hasPrefix("Signature") == true
                    }
                    #expect(place.phase == .empty)
                    result = .success(())
                } catch {
                    result = .failure(error)
                }
                controller.terminate()
                controller.waitUntilExit()
                group.cancelAll()
                try? await group.waitForAll()
                try result.get()
            }
        }
        let outcome = try await Program.run(
            program, ["controller", "--roles", "promotion"], in: "/", environment: [:])
        #expect(outcome.code != 0 && outcome.error.contains("name it with --config DIR"), "\(outcome)")
    }

    @Test func `a release is rejected, approved, taken back and let in again from the command line`()
        async throws
    {
        try await Self.with { fixture, slipway in
            let nobody = try await slipway("bob", "approve", "payments", "production")
            #expect(nobody.code != 0 && nobody.error.contains("there is no delivery payments"), "\(nobody)")
            let first = try await fixture.release(1)
            try await fixture.wait("production") {
                $0.waiting?.last?.blocker?.reason == "AwaitingApproval"
            }
            let nowhere = try await slipway("bob", "approve", "orders", "nowhere")
            #expect(
                nowhere.error.contains("orders has no environment nowhere; it has dev, staging, production"))
            let own = try await slipway("ada", "approve", "orders", "production")
            #expect(own.code != 0 && own.error.contains("cannot create resource \"approvals\""), "\(own)")

            let rejected = try await slipway("bob", "reject", "orders", "production", "-m", "not today")
            #expect(rejected.output == "bob rejected \(first) for production\n", "\(rejected)")
            try await fixture.wait("production") { $0.waiting?.last?.blocker?.reason == "Rejected" }
            let list = try await slipway("bob", "promotion", "list", "orders")
            #expect(list.output.contains("Rejected: bob rejected it: not today"), "\(list)")
            try await fixture.nextSecond()
            let approved = try await slipway("bob", "approve", "orders", "production")
            #expect(approved.output == "bob approved \(first) for production\n", "\(approved)")
            try await fixture.wait("production") { $0.release == first && $0.phase == .verified }

            let second = try await fixture.release(2)
            try await fixture.wait("production") {
                $0.waiting?.last?.blocker?.reason == "AwaitingApproval"
            }
            #expect(
                try await slipway("bob", "approve", "orders", "production", "--release", second).code == 0)
            try await fixture.wait("production") { $0.release == second && $0.phase == .verified }

            let refused = try await slipway("ada", "rollback", "orders", "production")
            #expect(refused.code != 0 && refused.error.contains("cannot create resource \"rollbacks\""))
            let back = try await slipway("bob", "rollback", "orders", "production", "-m", "it is slow")
            #expect(
                back.code == 0 && back.output.hasPrefix("production is back at \(first) (commit "), "\(back)")
            #expect(try await fixture.overlay("production").contains(digest(1)))
            let commit = try await fixture.config.git.commit(try await fixture.config.head())
            #expect(commit.trailer("Requested-by") == "bob")
            let barred = try await slipway("bob", "release", "list", "-n", "slipway")
            #expect(barred.output.contains("Quarantined"), "\(barred)")
            let guarded = try await slipway("bob", "approve", "orders", "production", "--release", second)
            #expect(
                guarded.code != 0 && guarded.error.contains("is in quarantine; lift it first"), "\(guarded)")
            let spec = ReleaseSpec(
                repository: "payments", commit: commit.id.hex, tree: commit.id.hex,
                image: .init(repository: "registry.local/payments", tag: commit.id.hex, digest: digest(9)),
                gates: [], builtAt: "2026-01-01T00:00:00Z")
            let foreign: Value = [
                "apiVersion": "slipway.dev/v1alpha1", "kind": "Release", "metadata": ["name": "payments-9"],
                "spec": try ValueEncoder().encode(spec),
            ]
            try await fixture.client.create(.releases, foreign, namespace: "slipway")
            let other = try await slipway("bob", "approve", "orders", "production", "--release", "payments-9")
            #expect(other.code != 0 && other.error.contains("is a release of payments"), "\(other)")
            let waits = try await slipway("bob", "approve", "orders", "production")
            #expect(
                waits.code != 0
                    && waits.error.contains("nothing waits for production of orders; it has \(first)"),
                "\(waits)")

            let early = try await slipway("ada", "release", "lift", second)
            #expect(early.code != 0 && early.error.contains("may only steer it") == false, "\(early)")
            let lifted = try await slipway("bob", "release", "lift", second, "-m", "the disk was full")
            #expect(
                lifted.output == """
                    \(second) can be promoted again; where it was rolled back, after a new approval:
                      slipway approve orders ENVIRONMENT --release \(second)

                    """, "\(lifted)")
            let again = try await slipway("bob", "release", "lift", second)
            #expect(again.code != 0 && again.error.contains("\(second) is not in quarantine"), "\(again)")
            try await fixture.wait("production") {
                $0.waiting?.last?.blocker?.reason == "AwaitingApproval"
            }
            try await fixture.nextSecond()
            #expect(try await slipway("bob", "approve", "orders", "production").code == 0)
            try await fixture.wait("production") { $0.release == second && $0.phase == .verified }

            let status = try await slipway("bob", "status")
            #expect(status.output.contains("production") && status.output.contains(second), "\(status)")
            let delivery = try await slipway("bob", "delivery", "get", "orders")
            #expect(delivery.output.contains("production (production): Verified"), "\(delivery)")
            let over = try await slipway("bob", "promotion", "list", "-e", "production", "--all")
            #expect(over.output.contains("RolledBack") && over.output.contains("it is slow"), "\(over)")
        }
    }
}
