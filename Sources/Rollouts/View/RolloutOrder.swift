public import KubeModel
public import Manifest

/// What people ask of a rollout, in the words of `kubectl argo rollouts`, written into the fields that it writes.
public enum RolloutOrder: Sendable, Hashable {
    /// Ends a pause or, where there is none, skips the present step.
    case promote
    /// Skips all that is left.
    case promoteFully
    /// Takes traffic back to the stable version.
    case abort
    /// Tries an aborted update again.
    case retry
    /// Holds the rollout where it is.
    case pause
    /// Lets a held rollout go on.
    case resume
    /// Replaces all pods by a new revision of the same images.
    case restart(Timestamp)
    /// Asks for other images by the names of containers; `*` stands for all.
    case setImages([Image])

    /// An image for a container.
    public struct Image: Sendable, Hashable {
        /// The container's name, or `*`.
        public var container: String
        /// The reference as pods have it.
        public var reference: String

        /// Names an image for a container.
        public init(container: String, reference: String) {
            (self.container, self.reference) = (container, reference)
        }

        /// Reads `container=image`.
        ///
        /// - Throws: `invalidSpec` where a text is not of that form.
        public init(_ text: String) throws(RolloutsError) {
            let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2, !parts[0].isEmpty else {
                throw RolloutsError(
                    .invalidSpec, "'\(text)' is no container=image, such as web=registry.example/web:1.2")
            }
            self.init(container: parts[0], reference: parts[1])
        }
    }

    /// A merge patch to a rollout or to its status.
    public struct Change: Sendable, Hashable {
        /// What is merged in.
        public var patch: Value
        /// `status`, or nil for the object itself.
        public var subresource: String?
    }

    /// What has become of the rollout once its changes are made, for a sentence.
    public var done: String {
        switch self {
        case .promote: "promoted"
        case .promoteFully: "fully promoted"
        case .abort: "aborted"
        case .retry: "retried"
        case .pause: "paused"
        case .resume: "resumed"
        case .restart: "restarts by a new revision"
        case .setImages: "image updated"
        }
    }

    /// The changes that carry out the order on a rollout as it is, in order.
    ///
    /// - Throws: `invalidSpec` where there is nothing to do, which says why and what else to do.
    public func changes(of rollout: Value) throws(RolloutsError) -> [Change] {
        switch self {
        case .promote: return try promotion(of: rollout)
        case .promoteFully:
            try Self.requireUpdate(of: rollout, "promote")
            return [.status(["promoteFull": true])]
        case .abort:
            try Self.requireUpdate(of: rollout, "abort")
            guard rollout["status", "abort"]?.boolValue != true else {
                throw Self.refusal(rollout, "is aborted already; try again with retry, or set the image back")
            }
            return [.status(["abort": true])]
        case .retry:
            guard rollout["status", "abort"]?.boolValue == true else {
                throw Self.refusal(rollout, "is not aborted, so there is nothing to try again")
            }
            return [.status(["abort": false])]
        case .pause: return [.spec(["paused": true])]
        case .resume:
            guard rollout["spec", "paused"]?.boolValue == true else {
                throw Self.refusal(rollout, "is not held; a pause of its steps is ended with promote")
            }
            return [.spec(["paused": .null])]
        case .restart(let time):
            let annotations: Value = ["rollout.slipway.dev/restartedAt": .string(time.rfc3339)]
            return [.spec(["template": ["metadata": ["annotations": annotations]]])]
        case .setImages(let images): return try Self.imageChanges(images, of: rollout)
        }
    }

    private static func refusal(_ rollout: Value, _ why: String) -> RolloutsError {
        RolloutsError(.invalidSpec, "rollout '\(rollout.metadata.name)' \(why)")
    }

    private static func requireUpdate(of rollout: Value, _ verb: String) throws(RolloutsError) {
        let status = rollout["status"]
        if status?["stableRS"] != nil, status?["currentPodHash"] == status?["stableRS"],
            status?["observedGeneration"]?.stringValue == String(rollout.metadata.generation)
        {
            throw refusal(rollout, "has nothing to \(verb): users have the version that is wanted")
        }
    }

    // MARK: Promotion

    /// Lets a held rollout go, and ends a pause or skips a step, never both.
    private func promotion(of rollout: Value) throws(RolloutsError) -> [Change] {
        let status = rollout["status"]
        if status?["abort"]?.boolValue == true {
            throw Self.refusal(
                rollout, "is aborted; try again with: slipway rollout retry \(rollout.metadata.name)")
        }
        var changes: [Change] = []
        if rollout["spec", "paused"]?.boolValue == true { changes.append(.spec(["paused": false])) }
        let pauses = status?["pauseConditions"]?.arrayValue ?? []
        let count = Int64(rollout["spec", "strategy", "canary", "steps"]?.arrayValue?.count ?? 0)
        let index = status?["currentStepIndex"]?.integerValue ?? 0
        let isInconclusive = pauses.contains { $0["reason"] == "InconclusiveAnalysisRun" }
        if isInconclusive, index < count {
            // Resumed alone, the analysis would be asked again; who promotes has decided.
            changes.append(
                .status([
                    "pauseConditions": .null, "controllerPause": false,
                    "currentStepIndex": .integer(index + 1),
                ]))
        } else if !pauses.isEmpty {
            changes.append(.status(["pauseConditions": .null]))
        } else if changes.isEmpty {
            try Self.requireUpdate(of: rollout, "promote")
            guard index < count else {
                throw Self.refusal(rollout, "has no step left to skip; skip its wait for pods with --full")
            }
            changes.append(.status(["currentStepIndex": .integer(index + 1)]))
        }
        return changes
    }

    // MARK: Images

    private static func imageChanges(_ images: [Image], of rollout: Value) throws(RolloutsError) -> [Change] {
        let template = rollout["spec", "template", "spec"] ?? .emptyObject
        var lists: Object = [:]
        for field in ["initContainers", "containers"] where template[field]?.arrayValue != nil {
            lists[field] = template[field]
        }
        for image in images {
            var isFound = false
            for field in Array(lists.keys) {
                lists[field] = .array(
                    (lists[field]?.arrayValue ?? []).map { container in
                        guard image.container == "*" || container["name"]?.stringValue == image.container
                        else { return container }
                        isFound = true
                        var container = container
                        container["image"] = .string(image.reference)
                        return container
                    })
            }
            guard isFound else {
                let names = lists.flatMap { $0.value.arrayValue ?? [] }.compactMap { $0["name"]?.stringValue }
                throw refusal(
                    rollout, "has no container '\(image.container)'; it has: \(names.joined(separator: ", "))"
                )
            }
        }
        return [.spec(["template": ["spec": .object(lists)]])]
    }
}

extension RolloutOrder.Change {
    fileprivate static func status(_ fields: Value) -> RolloutOrder.Change {
        RolloutOrder.Change(patch: ["status": fields], subresource: "status")
    }

    fileprivate static func spec(_ fields: Value) -> RolloutOrder.Change {
        RolloutOrder.Change(patch: ["spec": fields], subresource: nil)
    }
}
