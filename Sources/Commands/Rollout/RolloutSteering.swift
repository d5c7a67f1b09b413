import ArgumentParser
import KubeClient
import KubeModel
import Manifest
import Rollouts

/// `slipway rollout promote`: ends a pause, skips a step or everything that is left.
struct RolloutPromote: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "promote", abstract: "End a pause or, where there is none, skip the present step.")

    @OptionGroup var reference: RolloutReference

    @Flag(help: "Skip all pauses, steps and analyses that are left.")
    var full = false

    func run() async throws { try await reference.carryOut(full ? .promoteFully : .promote) }
}

/// `slipway rollout abort`: takes traffic back to the stable version.
struct RolloutAbort: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "abort", abstract: "Take traffic back to the stable version at once.",
        discussion: "The wanted version stays as it is; set it back in git, or try again with retry.")

    @OptionGroup var reference: RolloutReference

    func run() async throws { try await reference.carryOut(.abort) }
}

/// `slipway rollout retry`: tries an aborted update again from its first step.
struct RolloutRetry: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry", abstract: "Try an aborted update again from its first step.")

    @OptionGroup var reference: RolloutReference

    func run() async throws { try await reference.carryOut(.retry) }
}

/// `slipway rollout pause`: holds a rollout where it is.
struct RolloutPause: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause", abstract: "Hold a rollout where it is until it is resumed.")

    @OptionGroup var reference: RolloutReference

    func run() async throws { try await reference.carryOut(.pause) }
}

/// `slipway rollout resume`: lets a held rollout go on.
struct RolloutResume: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume", abstract: "Let a held rollout go on.")

    @OptionGroup var reference: RolloutReference

    func run() async throws { try await reference.carryOut(.resume) }
}

/// `slipway rollout restart`: replaces all pods by those of a new revision of the same images.
struct RolloutRestart: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restart", abstract: "Replace all pods, through the steps of an update.")

    @OptionGroup var reference: RolloutReference

    func run() async throws { try await reference.carryOut(.restart(Timeline.continuous.date)) }
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
        let read: [RolloutOrder.Image]
        do {
            read = try images.map { text throws(RolloutsError) in try RolloutOrder.Image(text) }
        } catch {
            throw ValidationFailure(error.message)
        }
        try await reference.carryOut(.setImages(read))
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
            let rollout = try await session.rollout(name)
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
