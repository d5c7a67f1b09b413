import KubeClient
import KubeModel
import Manifest

/// Keeps applications what their sources say: renders, compares, syncs, and writes down what it finds.
///
/// A pass looks at one application as it is now, does what can be done at once, and says when to come again. A sync that
/// waits for something is a state machine in the application's record, told at each pass what has come about; so no sync
/// holds a worker, and a newer revision is seen at the next pass.
struct ApplicationReconciler: Reconciler {
    let client: KubeClient
    let settings: GitOpsSettings
    let applications: WatchCache
    let projects: WatchCache
    let renders: RenderService
    let live: LiveState
    let catalog: CatalogStore
    let table: ApplicationTable
    let storm: StormGate
    let deletions: DeletionLedger
    let recorder: EventRecorder
    let audit: any AuditLog
    let guards: SyncGuards
    /// Opens the pull requests that follow rollbacks; nil where nobody does.
    let reverts: (any RevertRequester)?
    /// Has other applications looked at, by their names in marks.
    let wake: @Sendable ([String]) -> Void
    /// Has a repository asked for its references.
    let ask: @Sendable (_ url: String) -> Void

    var timeline: Timeline { client.timeline }

    /// One look at an application.
    struct Pass: Sendable {
        let key: ObjectKey
        let application: Application
        /// The name by which marks call the application.
        let name: String
        var record: ApplicationRecord
        var status: ApplicationStatus
        var conditions: [(type: String, message: String)] = []
        /// When to come again at the latest.
        var next: Timestamp?

        mutating func comeAgain(at moment: Timestamp?) {
            guard let moment else { return }
            next = next.map { min($0, moment) } ?? moment
        }
    }

    func reconcile(_ key: ObjectKey) async throws -> ReconcileResult {
        guard var object = applications[key]?.value else {
            table[key] = nil
            return .done
        }
        guard object.metadata.annotations[Application.skipReconcileAnnotation] != "true" else { return .done }
        var record = table[key] ?? ApplicationRecord(uid: object.metadata.uid)
        if record.uid != object.metadata.uid { record = ApplicationRecord(uid: object.metadata.uid) }
        // What the watch has not told of yet: an operation that was taken is not to be taken a second time.
        if let taken = record.operationTakenAt {
            if ResourceVersion.isAtLeast(object.metadata.resourceVersion, taken) {
                record.operationTakenAt = nil
            } else {
                object["operation"] = nil
            }
        }
        let application = Application(object)
        var pass = Pass(
            key: key, application: application,
            name: TrackingID.name(of: application, controlNamespace: settings.controlNamespace),
            record: record,
            status: ApplicationStatus(record.status ?? object["status"]))
        defer { table[key] = pass.record }
        if object.metadata.isDeleting {
            try await delete(&pass)
        } else {
            try await look(&pass)
        }
        return try await finish(&pass)
    }

    private func finish(_ pass: inout Pass) async throws -> ReconcileResult {
        let now = timeline.date
        let rest = (pass.next ?? now.advanced(by: settings.resyncInterval)).duration(since: now)
        return .requeue(after: max(rest, .milliseconds(1)))
    }

    /// Renders, compares, and does what follows from it.
    private func look(_ pass: inout Pass) async throws {
        let application = pass.application
        guard let policy = permit(&pass) else {
            pass.status.setUnknown(application)
            return try await write(&pass)
        }
        try await honourRefresh(&pass)
        let rendering: Rendering
        do {
            rendering = try await render(&pass)
        } catch let error as GitOpsError {
            try Task.checkCancellation()
            pass.conditions.append(("ComparisonError", error.description))
            pass.status.setUnknown(application)
            pass.comeAgain(at: timeline.date.advanced(by: .seconds(30)))
            return try await write(&pass)
        }
        await noteSilence(&pass)
        var comparison: ApplicationComparison
        do {
            comparison = try await compare(&pass, rendering, policy)
        } catch let error as APIError {
            pass.conditions.append(("ComparisonError", error.description))
            pass.status.setUnknown(application)
            pass.comeAgain(at: timeline.date.advanced(by: .seconds(30)))
            return try await write(&pass)
        }
        if try await advanceSync(&pass, comparison, policy, rendering.commit) {
            // The sync changed something: the status tells how it is now.
            comparison = try await compare(&pass, rendering, policy)
        }
        pass.conditions += comparison.warnings.map { ($0.type, $0.message) }
        noteChanges(pass, comparison)
        pass.status.set(
            comparison, application: application, limit: settings.resourceListLimit, at: timeline.date)
        if comparison.isSynced {
            if pass.record.rightSince == nil { pass.record.rightSince = timeline.date }
            let rightFor = pass.record.rightSince.map { timeline.date.duration(since: $0) } ?? .zero
            if rightFor >= AutomatedSync.healingCooldown { pass.record.healings = 0 }
        } else {
            pass.record.rightSince = nil
        }
        settleStorm(pass, comparison, rendering.commit)
        try await write(&pass)
    }

    /// Says that the repository does not answer any more, once what it last said is older than references are kept.
    ///
    /// Compared with that the application may well be in sync, and drift is put right; what is newer is not known.
    private func noteSilence(_ pass: inout Pass) async {
        guard let url = pass.application.source?.repoURL, let silence = await renders.silence(of: url) else {
            return
        }
        let due = silence.since.advanced(by: settings.pollInterval)
        guard due <= timeline.date else { return pass.comeAgain(at: due) }
        pass.conditions.append(
            (
                "ComparisonError",
                "\(RepositoryURL.normalized(url)) has not answered since \(silence.since.rfc3339); newer commits are not "
                    + "known: \(silence.reason)"
            ))
    }

    /// The project's policy, nil where the application may not be worked on, which the conditions then say.
    private func permit(_ pass: inout Pass) -> ProjectPolicy? {
        let application = pass.application
        for fault in application.refusals { pass.conditions.append(("InvalidSpecError", fault)) }
        if application.destination.server != ApplicationDestination.inCluster {
            let destination = application.destination
            pass.conditions.append(
                (
                    "InvalidSpecError",
                    "spec.destination: \(destination.server.isEmpty ? destination.name : destination.server) is not "
                        + "this cluster; other clusters are not supported yet, use \(ApplicationDestination.inCluster)"
                ))
        }
        let key = ObjectKey(namespace: settings.controlNamespace, name: application.project)
        guard let project = projects[key]?.value else {
            pass.conditions.append(
                (
                    "InvalidSpecError",
                    "application referencing project \(application.project) which does not exist; create the "
                        + "AppProject in namespace \(settings.controlNamespace)"
                ))
            return nil
        }
        let policy = ProjectPolicy(AppProject(project))
        for fault in policy.faults(of: application, controlNamespace: settings.controlNamespace) {
            pass.conditions.append(("InvalidSpecError", fault))
        }
        return pass.conditions.isEmpty ? policy : nil
    }

    /// Renders the source at the revision that counts: the pinned one while the newest is in quarantine.
    private func render(_ pass: inout Pass) async throws -> Rendering {
        guard let source = pass.application.source else {
            throw GitOpsError(.invalidSpec, "spec.source: required, but missing")
        }
        let newest = try await renders.render(source)
        // Only at the first look; from then on it is known which commits mattered.
        if pass.record.targets == nil, let revision = pass.status.value["sync"]?["revision"]?.stringValue {
            try await renders.settle(source, on: revision)
        }
        let current = try await renders.render(source)
        let quarantine = Quarantine(pass.application)
        if let revision = requestedRevision(pass) {
            return try await renders.render(source, revision: revision)
        }
        guard let pinned = quarantine.pinnedRevision(newest: [newest.commit, current.revision]) else {
            if quarantine.isSet { try await lift(quarantine, of: pass) }
            return current
        }
        pass.conditions.append(
            (
                "RollbackWarning",
                "revision \(quarantine.revision.prefix(10)) is in quarantine; the application stays at "
                    + "\(pinned.prefix(10)) until a newer commit changes it"
            ))
        try await requestRevert(quarantine, of: pass)
        return try await renders.render(source, revision: pinned)
    }

    /// The revision that somebody has asked to be synced, nil where it is the newest or nobody has asked.
    private func requestedRevision(_ pass: Pass) -> String? {
        var operation = pass.application.operation
        if operation == nil, pass.status.value["operationState"]?["phase"] == "Running" {
            operation = pass.status.value["operationState"]?["operation"]
        }
        guard operation?["initiatedBy", "automated"]?.boolValue != true,
            let revision = operation?["sync", "revision"]?.stringValue, !revision.isEmpty
        else { return nil }
        return revision
    }

    /// Looks at the source anew where somebody asks for it by annotation, and takes the annotation away.
    private func honourRefresh(_ pass: inout Pass) async throws {
        guard let level = pass.application.object.metadata.annotations[Application.refreshAnnotation],
            let source = pass.application.source
        else { return }
        if level == "hard" {
            await renders.forget(source)
            pass.record.verdicts = [:]
            pass.record.targets = nil
        }
        ask(source.repoURL)
        let patch: Value = ["metadata": ["annotations": [Application.refreshAnnotation: .null]]]
        try await patchApplication(pass.key, patch)
    }

    /// Changes the application itself; one that is gone meanwhile is no fault.
    func patchApplication(_ key: ObjectKey, _ patch: Value) async throws {
        do {
            try await client.patch(Application.resource, key.name, namespace: key.namespace, .merge(patch))
        } catch let error as APIError where error.isNotFound {
            return
        }
    }

    private func noteChanges(_ pass: Pass, _ comparison: ApplicationComparison) {
        let reference = EventNote.Reference(pass.application.object)
        let sync = pass.status.value["sync"]?["status"]?.stringValue ?? ""
        let newSync = comparison.isSynced ? "Synced" : "OutOfSync"
        if sync != newSync, !sync.isEmpty {
            recorder.note(
                .normal, "ResourceUpdated", "Updated sync status: \(sync) -> \(newSync)", regarding: reference
            )
        }
        let health = pass.status.value["health"]?["status"]?.stringValue ?? ""
        let newHealth = comparison.health.status.rawValue
        if health != newHealth, !health.isEmpty {
            recorder.note(
                newHealth == "Degraded" ? .warning : .normal, "ResourceUpdated",
                "Updated health status: \(health) -> \(newHealth)", regarding: reference)
        }
    }

    /// Writes what changed in the status, nothing where nothing did.
    func write(_ pass: inout Pass) async throws {
        let now = timeline.date
        pass.status.set(conditions: pass.conditions, at: now)
        pass.status.value["observedGeneration"] = .integer(pass.application.object.metadata.generation)
        let before = pass.record.status ?? pass.application.object["status"] ?? .emptyObject
        let after = Value.object(pass.status.value)
        var compared = after
        compared["reconciledAt"] = before["reconciledAt"]
        guard compared != before else { return }
        pass.status.value["reconciledAt"] = .string(now.rfc3339)
        let patch = MergePatch.create(from: before, to: .object(pass.status.value))
        do {
            try await client.patch(
                Application.resource, pass.key.name, namespace: pass.key.namespace, .merge(["status": patch]),
                subresource: "status")
            pass.record.status = .object(pass.status.value)
        } catch let error as APIError where error.isNotFound {
            pass.record.status = nil
        }
    }
}
