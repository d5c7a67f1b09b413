import Foundation
import Git
import Promotion
import TestSupport
import Testing

/// A bare config repository in a directory of its own, and a person with a clone of it.
struct ConfigRepository: Sendable {
    let directory: String
    let git: GitRepository
    let branch: GitConfigBranch

    static func with<Answer: Sendable>(
        _ files: [String: String], _ body: @Sendable (ConfigRepository) async throws -> Answer
    ) async throws -> Answer {
        let path = try #require(Program.path("git"))
        return try await withTemporaryDirectory { directory in
            let program = try GitProgram(path: path, isDurable: false)
            let git = try await GitRepository.create(at: "\(directory)/config.git", program: program)
            let edits = files.sorted { $0.key < $1.key }.map { TreeEdit.write($0.key, Array($0.value.utf8)) }
            let commit = try await git.commit(
                edits, on: nil,
                author: Signature(name: "Ada", email: "ada@example.org", seconds: 1_767_000_000),
                message: "Begin")
            try await git.update([.create("refs/heads/main", commit)])
            let repository = ConfigRepository(
                directory: directory, git: git, branch: try GitConfigBranch(git, name: "slipway/config"))
            return try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await program.run() }
                let answer = try await body(repository)
                group.cancelAll()
                return answer
            }
        }
    }

    func head() async throws -> ObjectID { try #require(try await branch.head()) }

    func text(_ path: String) async throws -> String {
        String(decoding: try #require(try await git.blob(path, at: try await head())), as: UTF8.self)
    }

    /// Commits a file as somebody who pushes, on whatever the branch is at.
    @discardableResult
    func push(
        _ path: String, _ text: String, _ subject: String = "Edit by hand", by name: String = "Bob"
    ) async throws -> ObjectID {
        let parent = try await head()
        let commit = try await git.commit(
            [.write(path, Array(text.utf8))], on: parent,
            author: Signature(name: name, email: "\(name.lowercased())@example.org", seconds: 1_767_000_100),
            message: subject)
        try await git.update([.move("refs/heads/main", from: parent, to: commit)])
        return commit
    }

    /// Runs a body with a lane that works.
    func withLane<Answer: Sendable>(
        _ settings: PromotionLane.Settings = .init(),
        _ body: @Sendable (PromotionLane) async throws -> Answer
    ) async throws -> Answer {
        let lane = PromotionLane(branch, settings: settings)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await lane.run() }
            let answer = try await body(lane)
            group.cancelAll()
            return answer
        }
    }
}

/// A digest of the form that images have, different for each number.
func digest(_ number: Int) -> String {
    let hex = String(number, radix: 16)
    return "sha256:" + String(repeating: "0", count: 64 - hex.count) + hex
}

/// The name of a commit, different for each number.
func commitName(_ number: Int) -> String {
    let hex = String(number, radix: 16)
    return String(repeating: "c", count: 40 - hex.count) + hex
}

extension PromotionIntent {
    /// A promotion of a service to an environment as the lane is handed it.
    static func test(
        _ service: String = "orders", _ environment: String = "production", kind: Kind = .promotion,
        target: FieldTarget? = nil, expected: String?, value: String, sequence: Int = 1
    ) -> PromotionIntent {
        PromotionIntent(
            service: service, environment: environment, kind: kind,
            target: target
                ?? FieldTarget(
                    file: "services/\(service)/overlays/\(environment)/kustomization.yaml",
                    place: .imageDigest(service)),
            expected: expected, value: value, image: "registry.local/\(service)",
            reason: PromotionReason(
                promotion: "\(service)-\(environment)-\(sequence)", sequence: sequence,
                release: "\(service)-r\(sequence)", digest: value, commit: commitName(sequence),
                repository: service, gates: ["test=passed"], approvals: ["bob (a-1, 2026-01-01T00:00:00Z)"],
                rule: "\(environment).approvals"))
    }
}
