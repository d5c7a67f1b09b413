import ArgumentParser
import KubeClient
import KubeModel
import Manifest

/// `slipway rollout promote`: ends a pause, skips a step or everything that is left.
struct RolloutPromote: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "promote", abstract: "End a pause or, where there is none, skip the present step.")

    @OptionGroup var reference: RolloutReference

    @Flag(help: "Skip all pauses, steps and analyses that are left.")
    var full = false

    func run() async throws {
        let full = full
        try await reference.change(subresource: "status", done: full ? "fully promoted" : "promoted") {
            rollout in
            let status = rollout["status"]
            if status?["currentPodHash"] == status?["stableRS"], status?["stableRS"] != nil {
                throw ValidationFailure(
                    "there is nothing to promote: the version users have is the one that is wanted")
            }
            if full { return ["status": ["promoteFull": true]] }
            if status?["abort"]?.boolValue == true {
                throw ValidationFailure(
                    "the rollout is aborted; try again with: slipway rollout retry \(rollout.metadata.name)")
            }
            if rollout["spec", "paused"]?.boolValue == true {
                throw ValidationFailure(
                    "the rollout is held; let it go with: slipway rollout resume \(rollout.metadata.name)")
            }
            if status?["pauseConditions"]?.arrayValue?.isEmpty == false {
                return ["status": ["pauseConditions": .null]]
            }
            let count = rollout["spec", "strategy", "canary", "steps"]?.arrayValue?.count ?? 0
            guard let index = status?["currentStepIndex"]?.integerValue, index < Int64(count) else {
                return nil
            }
            return ["status": ["currentStepIndex": .integer(index + 1)]]
        }
    }
}

/// `slipway rollout abort`: takes traffic back to the stable version.
struct RolloutAbort: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "abort", abstract: "Take traffic back to the stable version at once.",
        discussion: "The wanted version stays as it is; set it back in git, or try again with retry.")

    @OptionGroup var reference: RolloutReference

    func run() async throws {
        try await reference.change(subresource: "status", done: "aborted") { rollout in
            let status = rollout["status"]
            if status?["currentPodHash"] == status?["stableRS"] {
                throw ValidationFailure("there is nothing to abort: no update is under way")
            }
            return ["status": ["abort": true]]
        }
    }
}

/// `slipway rollout retry`: tries an aborted update again from its first step.
struct RolloutRetry: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry", abstract: "Try an aborted update again from its first step.")

    @OptionGroup var reference: RolloutReference

    func run() async throws {
        try await reference.change(subresource: "status", done: "retried") { rollout in
            guard rollout["status", "abort"]?.boolValue == true else {
                throw ValidationFailure("the rollout is not aborted")
            }
            return ["status": ["abort": false]]
        }
    }
}

/// `slipway rollout pause`: holds a rollout where it is.
struct RolloutPause: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause", abstract: "Hold a rollout where it is until it is resumed.")

    @OptionGroup var reference: RolloutReference

    func run() async throws {
        try await reference.change(done: "paused") { _ in ["spec": ["paused": true]] }
    }
}

/// `slipway rollout resume`: lets a held rollout go on.
struct RolloutResume: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume", abstract: "Let a held rollout go on.")

    @OptionGroup var reference: RolloutReference

    func run() async throws {
        try await reference.change(done: "resumed") { _ in ["spec": ["paused": .null]] }
    }
}

/// `slipway rollout restart`: replaces all pods by those of a new revision of the same images.
struct RolloutRestart: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restart", abstract: "Replace all pods, through the steps of an update.")

    @OptionGroup var reference: RolloutReference

    func run() async throws {
        let now = Timeline.continuous.date.rfc3339
        try await reference.change(done: "restarts by a new revision") { _ in
            let annotations: Value = ["rollout.slipway.dev/restartedAt": .string(now)]
            return ["spec": ["template": ["metadata": ["annotations": annotations]]]]
        }
    }
}

/// `slipway rollout set-image`: asks for other images.
struct RolloutSetImage: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set-image", abstract: "Ask for other images; what git wants wins where it is synced.")

    @OptionGroup var reference: RolloutReference

    @Argument(
        help: ArgumentHelp("Container and image; * stands for all containers.", valueName: "container=image"))
    var images: [String]

    func run() async throws {
        let images = images
        try await reference.change(done: "image updated") { rollout in
            let template = rollout["spec", "template", "spec"] ?? .emptyObject
            var lists: [String: [Value]] = [:]
            for field in ["initContainers", "containers"] { lists[field] = template[field]?.arrayValue }
            for pair in images {
                let parts = pair.split(separator: "=", maxSplits: 1).map(String.init)
                guard parts.count == 2 else {
                    throw ValidationFailure(
                        "'\(pair)' is no container=image, such as web=registry.example/web:1.2")
                }
                var isFound = false
                for (field, containers) in lists {
                    lists[field] = containers.map { container in
                        guard parts[0] == "*" || container["name"]?.stringValue == parts[0] else {
                            return container
                        }
                        isFound = true
                        var container = container
                        container["image"] = .string(parts[1])
                        return container
                    }
                }
                guard isFound else {
                    let names = lists.values.joined().compactMap { $0["name"]?.stringValue }.joined(
                        separator: ", ")
                    throw ValidationFailure("there is no container '\(parts[0])'; there are: \(names)")
                }
            }
            return [
                "spec": [
                    "template": ["spec": .object(Object(lists.map { .init(key: $0, value: .array($1)) }))]
                ]
            ]
        }
    }
}

/// `slipway rollout undo`: asks for an earlier revision's template.
struct RolloutUndo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "undo", abstract: "Ask for the template of an earlier revision.")

    @OptionGroup var reference: RolloutReference

    @Option(help: ArgumentHelp("The revision; 0 is the one before the present.", valueName: "number"))
    var toRevision = 0

    func run() async throws {
        let (name, revision) = (reference.rollout, toRevision)
        try await reference.connection.run { session in
            let rollout = try await session.client.get(Rollout.resource, name, namespace: session.namespace)
            let sets = try await session.client.listAll(.replicaSets, namespace: session.namespace)
                .filter { $0.metadata.controller?.uid == rollout.metadata.uid }
            let byRevision = sets.compactMap { set in
                set.metadata.annotations["rollout.argoproj.io/revision"].flatMap { Int($0) }.map { ($0, set) }
            }.sorted { $0.0 > $1.0 }
            let chosen = revision == 0 ? byRevision.dropFirst().first : byRevision.first { $0.0 == revision }
            guard let (number, set) = chosen else {
                let known = byRevision.map { String($0.0) }.joined(separator: ", ")
                throw ValidationFailure("there is no such revision of \(name); there are: \(known)")
            }
            var template = set["spec", "template"] ?? .emptyObject
            template["metadata", "labels", "rollouts-pod-template-hash"] = nil
            // The whole template, so that nothing of the present one stays.
            try await session.client.patch(
                Rollout.resource, name, namespace: session.namespace,
                .json([["op": "replace", "path": "/spec/template", "value": template]]))
            print("rollout '\(name)' undo to revision \(number)")
        }
    }
}
