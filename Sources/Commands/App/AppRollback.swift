import ArgumentParser
import GitOps
import KubeClient
import KubeModel
import Manifest

/// `slipway app rollback`: goes back to a revision that was good, and stays there.
struct AppRollback: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rollback", abstract: "Go back to a revision of the history.",
        discussion: """
            The revision that is left goes into quarantine: automation does not return to it, and goes on with the first \
            commit that changes the application. A pull request that reverts it is opened where a forge is at hand.
            """)

    @Argument var name: String
    @Argument(help: "An id of slipway app history; without one, the revision before the present one.")
    var id: Int64?
    @OptionGroup var options: AppOptions

    func run() async throws {
        try await reporting {
            try await options.withClient { client in
                let object = try await options.application(name, client)
                let current = object["status", "sync", "revision"]?.stringValue ?? ""
                let history = object["status", "history"]?.arrayValue ?? []
                let entry =
                    id.map { id in history.last { $0["id"]?.integerValue == id } }
                    ?? history.last { $0["revision"]?.stringValue != current }
                guard let good = entry?["revision"]?.stringValue else {
                    let what = id.map { "no entry \($0)" } ?? "no other revision"
                    throw CommandFailure(
                        .notFound, "the history of \(name) has \(what); slipway app history \(name) lists it")
                }
                let isAutomated = Application(object).syncPolicy.isAutomated
                let change = Quarantine.rollback(
                    to: good, from: isAutomated ? current : "", by: options.user)
                try await options.patch(name, change, client)
                print("\(name) goes back from \(current.prefix(10)) to \(good.prefix(10)).")
            }
        }
    }
}
