import KubeClient
import KubeModel
import Manifest

extension SyncExecutor {
    /// Deletes the object of a task, unless it is another one by now, or has to stay.
    ///
    /// The plan may be old: it may have waited for waves or for approval, and meanwhile another application may have
    /// taken the object over. So it is looked at once more, and deleted only as it was seen then.
    ///
    /// - Parameter withApplication: whether it goes because its application does.
    func prune(_ task: SyncTask, _ extra: LiveSummary, withApplication: Bool) async throws -> Outcome {
        var record = AuditRecord(
            time: timeline.date, actor: actor, application: application, revision: revision, action: .delete,
            key: task.key, before: extra.fingerprint, after: "")
        do {
            let kind = GroupVersionKind(group: task.key.group, version: task.version, kind: task.key.kind)
            let mapping = try await live.mapper.mapping(for: kind)
            if let reason = try await delete(task, extra, mapping, withApplication: withApplication) {
                return Outcome(events: [.kept(task.id, reason)])
            }
        } catch let error as APIError where error.isNotFound {
            // Gone already, which is what was wanted.
        } catch let error as KubeClientError where error.code == .noMatch {
            // The kind is gone, and its objects with it.
        } catch {
            try Task.checkCancellation()
            record.fault = Self.message("\(error)")
            return Outcome(events: [.refused(task.id, record.fault)], record: record)
        }
        return Outcome(events: [.deletionRequested(task.id)], record: record)
    }

    /// How often an object is looked at that changes while it is to be deleted.
    private static let deletionAttempts = 10

    /// Deletes an object as it is at the moment; answers why it stays, nil where it does not.
    private func delete(
        _ task: SyncTask, _ extra: LiveSummary, _ mapping: RESTMapping, withApplication: Bool
    ) async throws -> String? {
        var deletion = DeleteOptions()
        deletion.propagation = options.propagation.deletion
        deletion.uid = extra.uid
        var attempt = 1
        // One of another uid is another object: what was to be deleted is gone.
        while let object = try await live.fetch(task.key, mapping), object.metadata.uid == extra.uid {
            let present = LiveSummary(of: object)
            if let reason = reasonToKeep(present, extra, task, withApplication: withApplication) {
                return reason
            }
            deletion.resourceVersion = present.resourceVersion
            do {
                try await client.delete(
                    mapping.resource, task.key.name,
                    namespace: mapping.isNamespaced ? task.key.namespace : nil, options: deletion)
                return nil
            } catch let error as APIError where error.isConflict && attempt < Self.deletionAttempts {
                attempt += 1
            }
        }
        return nil
    }

    /// Why an object must not be deleted that a plan deletes: it has changed since in what counts for that.
    private func reasonToKeep(
        _ present: LiveSummary, _ extra: LiveSummary, _ task: SyncTask, withApplication: Bool
    ) -> String? {
        guard present.application == extra.application else {
            return present.application.isEmpty
                ? "stays: it is no application's any more"
                : "stays: it is part of application \(present.application) now"
        }
        let merged = options.options(for: present.annotations.options)
        let (planned, now) =
            withApplication ? (task.options.delete, merged.delete) : (task.options.prune, merged.prune)
        switch now {
        case .allowed: return nil
        case .never: return "stays: its sync options say so now"
        case .withApproval: return planned == .allowed ? "stays: its deletion has to be approved now" : nil
        }
    }
}
