import ArgumentParser
import KubeClient
import KubeModel
import Manifest

/// `slipway approve`: lets what waits for an environment go there.
struct Approve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Approve the release that waits for an environment.",
        discussion: """
            The approval is for the image's digest in this environment, by whoever's credential is used. It survives \
            every change of the pull request; nobody's counts for a change of their own.
            """)

    @OptionGroup var opinion: OpinionOptions

    func run() async throws { try await opinion.say(.approve) }
}

/// `slipway reject`: keeps what waits for an environment from it.
struct Reject: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Reject the release that waits for an environment.",
        discussion:
            "Whoever rejected it can let it go by approving it; a newer release takes its place in any case.")

    @OptionGroup var opinion: OpinionOptions

    func run() async throws { try await opinion.say(.reject) }
}

/// What an opinion is about.
struct OpinionOptions: ParsableArguments {
    @Argument(help: "The service.")
    var service: String

    @Argument(help: "The environment.")
    var environment: String

    @Option(help: ArgumentHelp("The release; the newest that waits by default.", valueName: "name"))
    var release: String?

    @Option(name: [.customShort("m"), .long], help: "Why.")
    var comment: String?

    @OptionGroup var scope: PromotionScope

    func say(_ decision: ApprovalSpec.Decision) async throws {
        let (service, environment, release, comment) = (service, environment, release, comment)
        let message = try await scope.run { client, namespace in
            let delivery = try await PromotionScope.delivery(service, client, namespace)
            let repository = delivery.object["spec", "repository"]?.stringValue ?? service
            let place = try PromotionScope.environment(environment, of: service, delivery.status)
            let digest: String
            let name: String
            if let release {
                (name, digest) = (
                    release, try await self.digest(of: release, repository, decision, client, namespace)
                )
            } else if let waiting = Self.newest(place) {
                (name, digest) = (waiting.release, waiting.digest)
            } else {
                throw ValidationFailure(
                    "nothing waits for \(environment) of \(service)"
                        + (place.release.map { "; it has \($0)" } ?? ""))
            }
            let spec = ApprovalSpec(
                service: service, environment: environment, digest: digest, decision: decision,
                comment: comment)
            let stored = try await client.create(
                .approvals, try spec.object(namespace: namespace), namespace: namespace)
            let user = stored["spec", "user"]?.stringValue ?? "you"
            return "\(user) \(decision == .approve ? "approved" : "rejected") \(name) for \(environment)"
        }
        print(message)
    }

    /// The one that people are asked about; where nobody is, the newest.
    private static func newest(_ place: DeliveryStatus.Environment) -> DeliveryStatus.Waiting? {
        let waiting = place.waiting ?? []
        return waiting.last { $0.blocker?.reason != "Upstream" } ?? waiting.last
    }

    /// The digest of a release that a service's own repository has brought.
    private func digest(
        of release: String, _ repository: String, _ decision: ApprovalSpec.Decision, _ client: KubeClient,
        _ namespace: String
    ) async throws -> String {
        let object: Value
        do {
            object = try await client.get(.releases, release, namespace: namespace)
        } catch let error as APIError where error.isNotFound {
            throw ValidationFailure(
                "there is no release \(release); see: slipway release list -n \(namespace)")
        }
        let source = object["spec", "repository"]?.stringValue ?? ""
        guard source == repository else {
            throw ValidationFailure(
                "\(release) is a release of \(source), and \(service) has those of \(repository); "
                    + "see: slipway release list -n \(namespace)")
        }
        if decision == .approve, object["status", "phase"]?.stringValue == "Quarantined" {
            throw ValidationFailure(
                "\(release) is in quarantine; lift it first: slipway release lift \(release)")
        }
        guard let digest = object["spec", "image", "digest"]?.stringValue else {
            throw ValidationFailure("the release \(release) has no digest")
        }
        return digest
    }
}
