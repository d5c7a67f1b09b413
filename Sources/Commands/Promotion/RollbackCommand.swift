import ArgumentParser
import KubeClient
import KubeModel
import Manifest

/// `slipway rollback`: takes an environment back to the release before, at once.
struct RollbackCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rollback", abstract: "Take an environment back to an earlier release, at once.",
        discussion: """
            Traffic goes back first, then git says so by a commit. The release that is taken back is put in \
            quarantine: it goes nowhere new until `slipway release lift`. Freezes, approvals and gates do not apply.
            """)

    @Argument(help: "The service.")
    var service: String

    @Argument(help: "The environment.")
    var environment: String

    @Option(help: ArgumentHelp("The release to go back to; the one before by default.", valueName: "release"))
    var to: String?

    @Option(name: [.customShort("m"), .long], help: "Why.")
    var reason = "asked for"

    @Flag(inversion: .prefixedNo, help: "Wait until git has it.")
    var wait = true

    @OptionGroup var scope: PromotionScope

    private static let timeout = Duration.seconds(60)

    func run() async throws {
        let (service, environment, to, reason, wait) = (service, environment, to, reason, wait)
        let answer = try await scope.run { client, namespace in
            let status = try await PromotionScope.delivery(service, client, namespace).status
            let place = try PromotionScope.environment(environment, of: service, status)
            guard place.digest != nil else {
                throw ValidationFailure("\(environment) of \(service) has nothing that could be taken back")
            }
            var spec: Object = [
                "service": .string(service), "environment": .string(environment), "reason": .string(reason),
            ]
            if let release = place.release { spec["release"] = .string(release) }
            if let to { spec["to"] = .string(to) }
            let object: Value = [
                "apiVersion": "slipway.dev/v1alpha1", "kind": "Rollback",
                "metadata": [
                    "generateName": .string("\(service)-\(environment)-"), "namespace": .string(namespace),
                ],
                "spec": .object(spec),
            ]
            let name = try await client.create(Rollback.resource, object, namespace: namespace).metadata.name
            return wait ? try await Self.answer(name, client, namespace) : "asked for, as \(name)"
        }
        print(answer)
    }

    private static func answer(_ name: String, _ client: KubeClient, _ namespace: String) async throws
        -> String
    {
        let deadline = client.timeline.now + timeout
        var last = "nothing has answered it yet; is promotion running?"
        while client.timeline.now < deadline {
            let object = try await client.get(Rollback.resource, name, namespace: namespace)
            let message = object["status", "message"]?.stringValue ?? ""
            switch object["status", "phase"]?.stringValue {
            case nil, "":
                if !message.isEmpty { last = "it waits: \(message)" }
                try await client.timeline.sleep(for: .milliseconds(100))
            case "Reverted":
                let commit =
                    object["status", "commit"]?.stringValue.map { " (commit \($0.prefix(10)))" } ?? ""
                return message + commit
            default: throw ValidationFailure("not rolled back: \(message)")
            }
        }
        throw ValidationFailure("the rollback \(name) was asked for, but \(last)")
    }
}
