import ArgumentParser
import KubeClient
import KubeModel
import Manifest

/// `slipway promotion`: which release goes where, and what it waits for.
struct PromotionCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "promotion", abstract: "Promotions: releases on their way through the environments.",
        subcommands: [PromotionList.self, PromotionGet.self])
}

/// `slipway promotion list`: a line a promotion, the newest first.
struct PromotionList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List promotions, newest first.")

    @Argument(help: "Only those of this service.")
    var service: String?

    @Option(name: .shortAndLong, help: "Only those to this environment.")
    var environment: String?

    @Flag(help: "Also those that are over.")
    var all = false

    @OptionGroup var scope: PromotionScope

    func run() async throws {
        let (service, environment, all) = (service, environment, all)
        var rows = try await scope.run { client, namespace in
            try await client.listAll(.promotions, namespace: namespace).compactMap(PromotionRow.init)
        }
        rows.removeAll { row in
            if let service, row.spec.service != service { return true }
            if let environment, row.spec.environment != environment { return true }
            return !all && row.status.phase?.isFinal == true
        }
        guard !rows.isEmpty else {
            return print(all ? "There are no promotions." : "Nothing is on its way; --all shows what was.")
        }
        rows.sort {
            ($0.status.createdAt ?? "", $0.spec.sequence) > ($1.status.createdAt ?? "", $1.spec.sequence)
        }
        var table = TextTable(["PROMOTION", "SERVICE", "ENVIRONMENT", "COMMIT", "PHASE", "WHY"])
        for row in rows {
            table.append([
                row.name, row.spec.service, row.spec.environment, String(row.spec.commit.prefix(12)),
                (row.status.phase ?? .waiting).rawValue,
                row.status.phase?.isFinal == true
                    ? row.status.message ?? "-" : BlockerText(row.status.blocker).text,
            ])
        }
        print(table.text)
    }
}

/// A Promotion object, read.
struct PromotionRow: Sendable {
    let name: String
    let spec: PromotionSpec
    let status: PromotionStatus

    init?(_ object: Value) {
        name = object.metadata.name
        guard let spec = try? ValueDecoder().decode(PromotionSpec.self, from: object["spec"] ?? .emptyObject),
            let status = try? ValueDecoder().decode(
                PromotionStatus.self, from: object["status"] ?? .emptyObject)
        else { return nil }
        self.spec = spec
        self.status = status
    }
}

/// `slipway promotion get`: one promotion with its decisions.
struct PromotionGet: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "get",
        abstract: "Show one promotion: what it waits for, who approved it, which rules decided.")

    @Argument(help: "The promotion's name.")
    var name: String

    @OptionGroup var scope: PromotionScope

    func run() async throws {
        let name = name
        let row = try await scope.run { client, namespace in
            PromotionRow(try await client.get(.promotions, name, namespace: namespace))
        }
        guard let row else { throw ValidationFailure("\(name) cannot be read") }
        print(Self.text(row).joined(separator: "\n"))
    }

    private static func text(_ row: PromotionRow) -> [String] {
        let (spec, status) = (row.spec, row.status)
        var lines: [(String, String?)] = [
            ("Promotion", row.name),
            ("Phase", (status.phase ?? .waiting).rawValue + (status.message.map { ", \($0)" } ?? "")),
            ("Waits for", status.blocker.map { BlockerText($0).text }),
            ("Service", spec.service), ("Environment", spec.environment), ("Release", spec.release),
            ("Digest", spec.digest), ("Commit", spec.commit), ("Replaces", status.replaces),
            ("Rule", status.rule), ("Config commit", status.configCommit),
            ("Pull request", status.pullRequest), ("Created", status.createdAt),
            ("In git", status.committedAt), ("In the cluster", status.syncedAt),
            ("Healthy", status.healthyAt),
            (
                "Smoke test",
                status.smokeJob.map { $0 + (status.smokePassedAt.map { ", passed \($0)" } ?? "") }
            ),
            ("Soaks until", status.soakUntil), ("Finished", status.finishedAt),
        ]
        for approval in status.approvals ?? [] {
            lines.append(("Approved by", "\(approval.user) at \(approval.at) (\(approval.source))"))
        }
        for decision in status.decisions ?? [] {
            lines.append(("Decided", "\(decision.at) \(decision.rule): \(decision.message)"))
        }
        let width = lines.map(\.0.count).max() ?? 0
        return lines.compactMap { name, text in
            text.map { name + ":" + String(repeating: " ", count: width - name.count + 1) + $0 }
        }
    }
}
