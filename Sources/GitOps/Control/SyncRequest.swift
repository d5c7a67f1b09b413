import KubeClient
import KubeModel
import Manifest

/// What somebody, or the automation, wants synced: an application's `operation`.
struct SyncRequest: Sendable {
    /// A revision to sync instead of the source's newest; empty for that.
    var revision = ""
    var prunes = false
    var isDryRun = false
    /// Options beside those of the policy.
    var options: [String] = []
    var retry: SyncRetry
    /// Who asked, as `operationState.operation.initiatedBy`.
    var initiatedBy: Value
    var isAutomated: Bool
    /// The operation as it stands in the status.
    var operation: Value
    var startedAt: Timestamp
    /// How often the sync has failed.
    var failures = 0
    /// Whether this undoes changes in the cluster.
    var isHealing = false
    /// The settings that are synced; others end the sync like another revision does.
    var settings = ""

    /// Reads an operation that somebody has written.
    ///
    /// - Throws: ``GitOpsError`` with code `unsupported` for what is asked for that Slipway does not do yet.
    init(_ operation: Value, application: Application, startedAt: Timestamp) throws(GitOpsError) {
        guard let sync = operation["sync"], sync.objectValue != nil else {
            throw GitOpsError(.unsupported, "the operation is no sync; set operation.sync")
        }
        if !(sync["resources"]?.arrayValue ?? []).isEmpty {
            throw GitOpsError(.unsupported, "operation.sync.resources: selective sync is not supported yet")
        }
        if !(sync["manifests"]?.arrayValue ?? []).isEmpty {
            throw GitOpsError(
                .unsupported, "operation.sync.manifests: local manifests are not supported; commit them")
        }
        if sync["sources"] != nil {
            throw GitOpsError(.unsupported, "operation.sync.sources: several sources are not supported yet")
        }
        revision = sync["revision"]?.stringValue ?? ""
        prunes = sync["prune"]?.boolValue ?? false
        isDryRun = sync["dryRun"]?.boolValue ?? false
        options = (sync["syncOptions"]?.arrayValue ?? []).compactMap(\.stringValue)
        initiatedBy = operation["initiatedBy"] ?? .emptyObject
        isAutomated = initiatedBy["automated"]?.boolValue ?? false
        // The automation notes the revision it found; it follows the newest all the same.
        if isAutomated { revision = "" }
        retry = SyncRetry(operation["retry"] ?? application.syncPolicy.retry, isAutomated: isAutomated)
        self.operation = operation
        self.startedAt = startedAt
    }

    /// The sync of the automation.
    init(automated application: Application, revision: String, isHealing: Bool, startedAt: Timestamp) {
        prunes = application.syncPolicy.prunes
        retry = SyncRetry(application.syncPolicy.retry, isAutomated: true)
        initiatedBy = ["automated": true]
        isAutomated = true
        self.isHealing = isHealing
        self.startedAt = startedAt
        var sync: Object = ["revision": .string(revision)]
        if prunes { sync["prune"] = true }
        operation = ["initiatedBy": initiatedBy, "sync": .object(sync)]
        operation["retry"] = application.syncPolicy.retry
    }

    /// Who asked, in one word.
    var actor: String {
        if isAutomated { return "automated" }
        let name = initiatedBy["username"]?.stringValue ?? ""
        return name.isEmpty ? "unknown" : name
    }

    /// What tells the syncs of an application apart, in hooks and messages.
    ///
    /// Two may begin within one second: the automation's are then of different revisions, and what people ask for bears
    /// a mark of its own.
    var id: String {
        let mark = Fingerprint(of: [operation["sync", "revision"] ?? .null, operation["info"] ?? .null])
        return "\(startedAt.seconds)-\(mark.description.prefix(7))"
    }
}

/// A sync that is under way.
struct RunningSync: Sendable {
    /// What a task is about.
    enum Subject: Sendable {
        case target(ApplicationTarget)
        case extra(LiveSummary)
    }

    var request: SyncRequest
    var machine: SyncMachine
    /// The subjects of the tasks, by their ids.
    var subjects: [Subject]
    var options: ApplicationSyncOptions
    /// What somebody is asked to approve before anything is done; nil where nobody need be.
    var approval: PlanApproval?
    /// The resource versions that the objects had after they were applied, by task.
    var appliedVersions: [Int: String] = [:]
    /// Whether it deletes the application's objects because the application is deleted.
    var isDeletion = false
    /// The commit that was rendered.
    var commit = ""
}
