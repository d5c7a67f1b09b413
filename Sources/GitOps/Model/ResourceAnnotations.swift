import KubeModel
public import Manifest

/// A phase of a sync in which an object is applied.
public enum SyncPhase: String, Sendable, Hashable, CaseIterable, Comparable {
    case preSync = "PreSync"
    case sync = "Sync"
    case postSync = "PostSync"
    /// Only after a failure.
    case syncFail = "SyncFail"
    /// Before the objects of a deleted application are deleted.
    case preDelete = "PreDelete"
    /// After the objects of a deleted application are gone.
    case postDelete = "PostDelete"

    /// Whether the left phase comes before the right one.
    public static func < (left: SyncPhase, right: SyncPhase) -> Bool { left.rank < right.rank }

    private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}

/// When a hook is deleted.
public enum HookDeletePolicy: String, Sendable, Hashable, CaseIterable {
    case hookSucceeded = "HookSucceeded"
    case hookFailed = "HookFailed"
    /// Before a new one of the same name is created; so it is where nothing is said.
    case beforeHookCreation = "BeforeHookCreation"
}

/// What an object's annotations say about how it is to be synced: Argo CD's, and Helm's where they mean the same.
public struct ResourceAnnotations: Sendable, Hashable {
    /// The annotation names; values are case-sensitive, as they are for Argo CD.
    public enum Name {
        /// The group of objects to be applied with, as a number.
        public static let wave = "argocd.argoproj.io/sync-wave"
        /// The phases in which an object is a hook.
        public static let hook = "argocd.argoproj.io/hook"
        /// When a hook is deleted.
        public static let hookDeletePolicy = "argocd.argoproj.io/hook-delete-policy"
        /// Options of one object, which win over its application's.
        public static let syncOptions = "argocd.argoproj.io/sync-options"
        /// How an object that git does not have counts.
        public static let compareOptions = "argocd.argoproj.io/compare-options"
        /// Keeps an object's health out of its application's.
        public static let ignoreHealthcheck = "argocd.argoproj.io/ignore-healthcheck"
        /// The time until which deletions are approved.
        public static let deletionApproved = "argocd.argoproj.io/deletion-approved"
        static let helmHook = "helm.sh/hook"
        static let helmDeletePolicy = "helm.sh/hook-delete-policy"
        static let helmWeight = "helm.sh/hook-weight"
        static let helmResourcePolicy = "helm.sh/resource-policy"
    }

    /// The group of objects that are applied together, lower ones first.
    public var wave: Int
    /// The phases in which the object is applied as a hook; empty for ordinary objects.
    public var hookPhases: [SyncPhase]
    /// Whether the object is a hook, be it one that is never applied.
    public var isHook: Bool
    /// Hook types that Slipway has no phase for. Argo CD never applies such objects without a word; we say so.
    public var unknownHooks: [String]
    /// When a hook is deleted; before the next one is made where nothing is said.
    public var deletePolicies: Set<HookDeletePolicy>
    /// How the object is applied and pruned.
    public var options: ResourceSyncOptions
    /// Whether an object that is not in the source does not make the application out of sync.
    public var ignoresExtraneous: Bool
    /// Whether the object's health does not count.
    public var ignoresHealth: Bool

    /// Reads the annotations of an object.
    public init(_ object: Value) {
        let annotations = object.metadata.annotations
        func words(_ name: String) -> [String] {
            (annotations[name] ?? "").split(separator: ",").map { String($0).trimmed }
                .filter { !$0.isEmpty }
        }
        let own = words(Name.hook)
        let helm = words(Name.helmHook)
        var phases: [SyncPhase] = []
        var unknown: [String] = []
        var skips = false
        for word in own {
            if word == "Skip" {
                skips = true
            } else if let phase = SyncPhase(rawValue: word) {
                phases.append(phase)
            } else {
                unknown.append(word)
            }
        }
        // As for Argo CD, a definition that is a Helm 2 hook is an ordinary object.
        let isDefinitionHook = helm.contains("crd-install")
        if own.isEmpty, !isDefinitionHook {
            for word in helm {
                guard let phase = Self.helmPhases[word] else {
                    unknown.append(word)
                    continue
                }
                if !phases.contains(phase) { phases.append(phase) }
            }
        }
        hookPhases = skips ? [] : phases.sorted()
        isHook = !own.isEmpty || (!helm.isEmpty && !isDefinitionHook)
        unknownHooks = skips ? [] : unknown
        // Argo CD unites both sets of policies.
        var policies = Set(words(Name.hookDeletePolicy).compactMap(HookDeletePolicy.init(rawValue:)))
        policies.formUnion(words(Name.helmDeletePolicy).compactMap { Self.helmPolicies[$0] })
        deletePolicies = policies.isEmpty ? [.beforeHookCreation] : policies
        wave =
            annotations[Name.wave].flatMap { Int($0.trimmed) }
            ?? annotations[Name.helmWeight].flatMap { Int($0.trimmed) } ?? 0
        var options = ResourceSyncOptions(words(Name.syncOptions))
        if words(Name.helmResourcePolicy).contains("keep") {
            options.prune = .never
            options.delete = .never
        }
        self.options = options
        ignoresExtraneous = words(Name.compareOptions).contains("IgnoreExtraneous")
        ignoresHealth = annotations[Name.ignoreHealthcheck] == "true"
    }

    private static let helmPhases: [String: SyncPhase] = [
        "pre-install": .preSync, "pre-upgrade": .preSync, "post-install": .postSync,
        "post-upgrade": .postSync, "pre-delete": .preDelete, "post-delete": .postDelete,
    ]

    private static let helmPolicies: [String: HookDeletePolicy] = [
        "hook-succeeded": .hookSucceeded, "hook-failed": .hookFailed,
        "before-hook-creation": .beforeHookCreation,
    ]
}

extension String {
    /// The text without blanks at its ends.
    var trimmed: String {
        var text = self[...]
        while text.first?.isWhitespace == true { text = text.dropFirst() }
        while text.last?.isWhitespace == true { text = text.dropLast() }
        return String(text)
    }
}
