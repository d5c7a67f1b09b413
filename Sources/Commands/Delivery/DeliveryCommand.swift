import ArgumentParser
import KubeClient
import KubeModel
import Manifest

/// `slipway delivery`: services, their environments, and what is where.
struct DeliveryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delivery",
        abstract: "Deliveries: which commit of each service is in which environment.",
        subcommands: [DeliveryList.self, DeliveryGet.self, DeliveryPlan.self])
}

/// `slipway delivery list`: a line for each environment of each service.
struct DeliveryList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List services with what each environment has and waits for.")

    @OptionGroup var scope: PromotionScope

    func run() async throws {
        let objects = try await scope.run { client, namespace in
            try await client.listAll(.deliveries, namespace: namespace)
        }
        guard !objects.isEmpty else {
            return print(
                "There are no deliveries; add services/<service>/delivery.yaml to the config repository.")
        }
        var table = TextTable(["SERVICE", "ENVIRONMENT", "COMMIT", "PHASE", "SINCE", "NEXT", "WAITS FOR"])
        for object in objects.sorted(by: { $0.metadata.name < $1.metadata.name }) {
            let status = try ValueDecoder().decode(
                DeliveryStatus.self, from: object["status"] ?? .emptyObject)
            if let valid = object.conditions["Valid"], valid.status == .isFalse {
                table.append([object.metadata.name, "-", "-", "Invalid", "-", "-", valid.message])
            }
            for environment in status.environments ?? [] {
                let next = environment.waiting?.last
                table.append([
                    object.metadata.name, environment.name,
                    environment.commit.map { String($0.prefix(12)) } ?? environment.digest ?? "-",
                    environment.phase.rawValue, environment.since ?? "-",
                    next.map { String($0.commit.prefix(12)) } ?? "-",
                    BlockerText(next?.blocker ?? environment.blocker).text,
                ])
            }
        }
        print(table.text)
    }
}

/// `slipway delivery get`: one service, whole.
struct DeliveryGet: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "get", abstract: "Show a service: each environment, what it has, what waits and why.")

    @Argument(help: "The service.")
    var service: String

    @OptionGroup var scope: PromotionScope

    func run() async throws {
        let service = service
        let (object, status) = try await scope.run { client, namespace in
            try await PromotionScope.delivery(service, client, namespace)
        }
        print("Service:  \(service)")
        if let condition = object.conditions["Valid"] {
            print("File:     \(condition.status == .isTrue ? "valid" : "INVALID"), \(condition.message)")
        }
        if let reason = object["spec", "stopTheLine"]?.stringValue { print("STOPPED:  \(reason)") }
        for environment in status.environments ?? [] {
            print("")
            for line in Self.lines(environment) { print(line) }
        }
    }

    private static func lines(_ environment: DeliveryStatus.Environment) -> [String] {
        let kind = environment.production == true ? " (production)" : ""
        var lines = ["\(environment.name)\(kind): \(environment.phase.rawValue)"]
        if let release = environment.release {
            lines.append("  has      \(release), since \(environment.since ?? "-")")
        } else {
            lines.append("  has      \(environment.digest ?? "nothing")")
        }
        if let digest = environment.digest { lines.append("  digest   \(digest)") }
        if let commit = environment.configCommit { lines.append("  git      \(commit)") }
        if let blocker = environment.blocker { lines.append("  because  \(BlockerText(blocker).text)") }
        for waiting in environment.waiting ?? [] {
            lines.append("  next     \(waiting.release), since \(waiting.since)")
            lines.append("           \(BlockerText(waiting.blocker).text)")
            if let needed = waiting.requiredApprovals {
                let have = waiting.approvedBy ?? []
                let names = have.isEmpty ? "" : " (\(have.joined(separator: ", ")))"
                lines.append("           approvals: \(have.count) of \(needed)\(names)")
            }
        }
        if let pull = environment.pullRequest { lines.append("  review   \(pull)") }
        return lines
    }
}
