import ArgumentParser
import GitOps
import KubeClient
import KubeModel
import Manifest

/// `slipway app sync`: makes the cluster what git says, now.
struct AppSync: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sync", abstract: "Sync an application and wait for the end.",
        discussion: """
            Ends with 0 when everything is applied and healthy, with 2 when the sync fails. A sync that would delete much \
            waits for approval; give it with --approve.
            """)

    @Argument var name: String
    @OptionGroup var options: AppOptions

    @Option(help: "A commit, branch or tag instead of the application's own.")
    var revision: String?
    @Flag(help: "Delete objects that are no longer in the source.")
    var prune = false
    @Flag(help: "Only try, change nothing.")
    var dryRun = false
    @Flag(help: "Approve the deletions that a sync waits with.")
    var approve = false
    @Flag(name: .customLong("async"), help: "Do not wait for the end.")
    var doesNotWait = false
    @Option(help: ArgumentHelp("How long to wait.", valueName: "seconds"))
    var timeout = 600

    func validate() throws {
        guard timeout > 0 else { throw ValidationError("--timeout is a number of seconds from 1") }
    }

    func run() async throws {
        try await reporting {
            try await options.withClient { client in
                let before = try await options.application(name, client)
                let isRunning =
                    before["operation"] != nil || before["status", "operationState", "phase"] == "Running"
                // An approval lets the sync go on that is there; otherwise a new one is asked for.
                let requested = approve && isRunning ? nil : try await request(client)
                if doesNotWait, !approve { return }
                var application = try await wait(for: requested, approved: nil, client)
                if approve, let plan = Self.question(of: application) {
                    let annotations: Object = [ResourceAnnotations.Name.deletionApproved: .string(plan)]
                    try await options.patch(name, ["metadata": ["annotations": .object(annotations)]], client)
                    if doesNotWait { return }
                    application = try await wait(for: requested, approved: plan, client)
                    if Self.question(of: application) != nil {
                        let message = application["status", "operationState", "message"]?.stringValue ?? ""
                        throw CommandFailure(
                            .refused,
                            "what the sync takes away has changed since it was approved: \(message); look at "
                                + "slipway app diff \(name) -n \(options.namespace) and approve again")
                    }
                }
                if doesNotWait { return }
                try StandardStreams.writeOutput(Array(AppGet.text(application).utf8))
                guard application["status", "operationState", "phase"] == "Succeeded" else {
                    throw CommandFailure(
                        .refused,
                        application["status", "operationState", "message"]?.stringValue ?? "the sync failed")
                }
            }
        }
    }

    /// Waits for the end of a sync, or, where deletions are to be approved, until it asks about a plan that is not approved yet.
    private func wait(
        for requested: Value?, approved: String?, _ client: KubeClient
    ) async throws -> Value {
        let approves = approve
        return try await ApplicationWaiting(options: options, client: client).wait(name, seconds: timeout) {
            object in
            let state = object["status", "operationState"]
            let isMeant = requested.map { $0 == state?["operation", "info"] } ?? true
            guard isMeant, object["operation"] == nil else { return false }
            if state?["phase"] != "Running" { return true }
            return approves && Self.question(of: object).map { $0 != approved } ?? false
        }
    }

    /// The plan that an application's sync asks about; nil where it asks nothing.
    private static func question(of application: Value) -> String? {
        let state = application["status", "operationState"]
        return state?["phase"] == "Running" ? state?["approval", "plan"]?.stringValue : nil
    }

    /// Asks for a sync, and answers the mark by which its state can be told from that of any other: times are whole
    /// seconds, and two syncs may begin within one.
    private func request(_ client: KubeClient) async throws -> Value {
        let mark: Value = [["name": "requested", "value": .string(client.timeline.date.rfc3339Micro)]]
        var sync: Object = [:]
        if let revision { sync["revision"] = .string(revision) }
        if prune { sync["prune"] = true }
        if dryRun { sync["dryRun"] = true }
        let operation: Value = [
            "initiatedBy": ["username": .string(await options.user(client))], "sync": .object(sync),
            "info": mark,
        ]
        try await options.patch(name, ["operation": operation], client)
        return mark
    }
}
