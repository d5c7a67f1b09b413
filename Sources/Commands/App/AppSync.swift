import ArgumentParser
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
                let isWaiting = before["status", "operationState", "phase"] == "Running"
                if approve {
                    let date = client.timeline.date.rfc3339
                    let annotations: Object = ["argocd.argoproj.io/deletion-approved": .string(date)]
                    try await options.patch(name, ["metadata": ["annotations": .object(annotations)]], client)
                }
                if !approve || !isWaiting { try await request(client) }
                if doesNotWait { return }
                let started = before["status", "operationState", "startedAt"]
                let application = try await ApplicationWaiting(options: options, client: client).wait(
                    name, seconds: timeout
                ) { object in
                    let state = object["status", "operationState"]
                    let isNew = (approve && isWaiting) || state?["startedAt"] != started
                    return isNew && object["operation"] == nil && state?["phase"] != "Running"
                }
                try StandardStreams.writeOutput(Array(AppGet.text(application).utf8))
                guard application["status", "operationState", "phase"] == "Succeeded" else {
                    throw CommandFailure(
                        .refused,
                        application["status", "operationState", "message"]?.stringValue ?? "the sync failed")
                }
            }
        }
    }

    private func request(_ client: KubeClient) async throws {
        var sync: Object = [:]
        if let revision { sync["revision"] = .string(revision) }
        if prune { sync["prune"] = true }
        if dryRun { sync["dryRun"] = true }
        let operation: Value = [
            "initiatedBy": ["username": .string(options.user)], "sync": .object(sync),
            // Two requests with the same wishes are two syncs.
            "info": [["name": "requested", "value": .string(client.timeline.date.rfc3339Micro)]],
        ]
        try await options.patch(name, ["operation": operation], client)
    }
}
