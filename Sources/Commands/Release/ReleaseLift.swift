import ArgumentParser
import KubeClient
import KubeModel
import Manifest

/// `slipway release lift`: ends the quarantine of a release.
struct ReleaseLift: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lift", abstract: "End the quarantine of a release, so that it can be promoted again.",
        discussion: "Where it was rolled back it needs new approvals; those from before do not count.")

    @Argument(help: "The release's name.") var name: String

    @Option(name: [.customShort("m"), .long], help: "Why.")
    var reason = "lifted"

    @OptionGroup var scope: PromotionScope

    func run() async throws {
        let (name, reason) = (name, reason)
        let service = try await scope.run { client, namespace in
            let object: Value
            do {
                object = try await client.get(.releases, name, namespace: namespace)
            } catch let error as APIError where error.isNotFound {
                throw ValidationFailure(
                    "there is no release \(name); see: slipway release list -n \(namespace)")
            }
            guard object["status", "phase"]?.stringValue == ReleaseStatus.Phase.quarantined.rawValue else {
                throw ValidationFailure("\(name) is not in quarantine")
            }
            let status: Value = [
                "phase": .string(ReleaseStatus.Phase.available.rawValue), "reason": "Lifted",
                "message": .string(reason),
            ]
            try await client.patch(
                .releases, name, namespace: namespace, .merge(["status": status]), subresource: "status")
            return object["spec", "service"]?.stringValue ?? object["spec", "repository"]?.stringValue
        }
        print("\(name) can be promoted again; where it was rolled back, after a new approval:")
        print("  slipway approve \(service ?? "SERVICE") ENVIRONMENT --release \(name)")
    }
}
