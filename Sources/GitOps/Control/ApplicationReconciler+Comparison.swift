import KubeClient
import KubeModel
import Manifest

extension ApplicationReconciler {
    /// Compares what a source wants with what the cluster has.
    ///
    /// An object is compared as a whole only where it or what is wanted has changed since it last was; the cost of a pass
    /// is that of the application's own objects, whatever else the cluster holds.
    func compare(
        _ pass: inout Pass, _ rendering: Rendering, _ policy: ProjectPolicy
    ) async throws -> ApplicationComparison {
        if pass.record.targets == nil { try await watchKnownKinds(pass) }
        let targets = try await targets(&pass, rendering)
        forgetVerdictsOfOtherSettings(&pass)
        var comparison = ApplicationComparison(
            revision: rendering.revision, targets: targets, extras: [], live: [], isChanged: [], entries: [])
        let differ = ObjectDiffer(
            catalog: catalog.current, ignored: IgnoreRules(pass.application.ignoreDifferences))
        for target in targets {
            let summary = summary(of: target.key, &pass)
            let isChanged = try await isChanged(target, summary, differ, &pass)
            comparison.live.append(summary)
            comparison.isChanged.append(isChanged)
            if let summary, !summary.application.isEmpty, summary.application != pass.name {
                comparison.sharedWith[target.key] = summary.application
                comparison.warnings.append(
                    (
                        "SharedResourceWarning",
                        "\(target.key.kind)/\(target.key.name) is part of applications \(pass.name) and "
                            + summary.application
                    ))
            }
            if target.annotations.isHook {
                for hook in target.annotations.unknownHooks {
                    comparison.warnings.append(
                        (
                            "UnknownHookWarning",
                            "\(target.key.kind)/\(target.key.name) is a hook of the type \(hook), which is never run"
                        ))
                }
                continue
            }
            comparison.entries.append(Self.entry(target, summary, isSynced: !isChanged))
        }
        let wanted = Set(targets.map(\.key))
        addOrphans(pass, policy, targets: wanted, to: &comparison)
        for summary in objects(of: pass)
        where !wanted.contains(summary.key) && !summary.isOwned && !summary.annotations.isHook {
            // What the project does not permit is not the application's to delete.
            guard policy.allows(summary.key, to: pass.application.destination) else { continue }
            comparison.extras.append(summary)
            var entry = ApplicationComparison.Entry(
                key: summary.key, version: summary.version, isSynced: false, health: summary.health)
            entry.requiresPruning = true
            entry.countsHealth = !summary.annotations.ignoresHealth
            if summary.annotations.ignoresExtraneous { entry.isSynced = nil }
            comparison.entries.append(entry)
        }
        return comparison
    }

    /// Watches the kinds of all objects that the status knows of: after a restart nothing is watched yet, and a kind that
    /// has left the source meanwhile has objects that are to be pruned.
    func watchKnownKinds(_ pass: Pass) async throws {
        let status = pass.application.status
        var kinds: Set<GroupVersionKind> = []
        for resource in status["resources"]?.arrayValue ?? [] {
            kinds.insert(
                GroupVersionKind(
                    group: resource["group"]?.stringValue ?? "",
                    version: resource["version"]?.stringValue ?? "v1",
                    kind: resource["kind"]?.stringValue ?? ""))
        }
        for text in (status["summary", "resources", "kinds"]?.arrayValue ?? []).compactMap(\.stringValue) {
            let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 3 else { continue }
            kinds.insert(GroupVersionKind(group: parts[0], version: parts[1], kind: parts[2]))
        }
        for kind in kinds { _ = try await mapping(of: kind) }
    }

    private static func entry(
        _ target: ApplicationTarget, _ summary: LiveSummary?, isSynced: Bool
    ) -> ApplicationComparison.Entry {
        var entry = ApplicationComparison.Entry(
            key: target.key, version: target.kind.version, isSynced: isSynced,
            health: summary == nil ? Health(.missing) : summary?.health)
        entry.wave = target.annotations.wave
        entry.isLive = summary != nil
        entry.countsHealth = !target.annotations.ignoresHealth
        return entry
    }

    /// The objects as the application wants them, made anew only when the source was rendered anew.
    private func targets(_ pass: inout Pass, _ rendering: Rendering) async throws -> [ApplicationTarget] {
        let namespace = pass.application.destination.namespace
        let stamp = ApplicationRecord.TargetStamp(
            revision: rendering.generation < 0 ? rendering.commit : "", generation: rendering.generation,
            namespace: namespace)
        if let known = pass.record.targets, known.stamp == stamp,
            !known.values.contains(where: { $0.mapping == nil })
        {
            return known.values
        }
        let defined = Dictionary(
            rendering.objects.compactMap { object in
                object.definition.map { ($0.kind, $0.isNamespaced) }
            }, uniquingKeysWith: { first, _ in first })
        var targets: [ApplicationTarget] = []
        targets.reserveCapacity(rendering.objects.count)
        for object in rendering.objects {
            let mapping = try await mapping(of: object.kind)
            let kind = GroupKind(group: object.kind.group, kind: object.kind.kind)
            let isNamespaced = mapping?.isNamespaced ?? defined[kind] ?? true
            targets.append(
                ApplicationTarget(
                    object, mapping: mapping, isNamespaced: isNamespaced, application: pass.name,
                    namespace: namespace))
        }
        pass.record.targets = (stamp, targets)
        return targets
    }

    /// Where objects of a kind live, which are watched from then on; nil where the cluster does not serve the kind.
    private func mapping(of kind: GroupVersionKind) async throws -> RESTMapping? {
        do {
            let mapping = try await live.watch(kind)
            try await catalog.learn(mapping)
            return mapping
        } catch let error as KubeClientError where error.code == .noMatch {
            return nil
        }
    }

    /// What the cluster has under a key, as the watch has told or as it was written a moment ago.
    func summary(of key: ResourceKey, _ pass: inout Pass) -> LiveSummary? {
        let told = live[key]
        if let recent = pass.record.recent[key] {
            // Versions of a kind grow over all its objects: one told later counts, another of the name too that somebody
            // has made since.
            if let told, ResourceVersion.isAtLeast(told.resourceVersion, recent.resourceVersion) {
                pass.record.recent[key] = nil
                return told
            }
            if told == nil, live.hasSeen(recent.resourceVersion, of: key.groupKind) {
                pass.record.recent[key] = nil
                return nil
            }
            return recent
        }
        if let told, pass.record.gone.contains(told.uid) { return nil }
        return told
    }

    private func objects(of pass: Pass) -> [LiveSummary] {
        live.objects(of: pass.name).filter { !pass.record.gone.contains($0.uid) }
    }

    /// Whether applying a target would change something that counts.
    private func isChanged(
        _ target: ApplicationTarget, _ summary: LiveSummary?, _ differ: ObjectDiffer, _ pass: inout Pass
    ) async throws -> Bool {
        guard let summary else { return true }
        if target.annotations.isHook { return false }
        // An object without our mark differs by that alone.
        if target.mark != nil, summary.application != pass.name { return true }
        if let verdict = pass.record.verdicts[target.key], verdict.target == target.fingerprint,
            verdict.live == summary.fingerprint
        {
            return !verdict.isSynced
        }
        guard let mapping = target.mapping, let object = try await live.fetch(target.key, mapping) else {
            return true
        }
        let isSynced = try await isRight(target, object, mapping, differ, pass)
        pass.record.verdicts[target.key] = ApplicationRecord.Verdict(
            target: target.fingerprint, live: LiveSummary(of: object).fingerprint, isSynced: isSynced)
        return !isSynced
    }

    /// Compares an object as a whole: by what is known of its kind, then, where that is nothing or the application asks
    /// for it, by what the server would make of it.
    private func isRight(
        _ target: ApplicationTarget, _ object: Value, _ mapping: RESTMapping, _ differ: ObjectDiffer,
        _ pass: Pass
    ) async throws -> Bool {
        let options = ApplicationSyncOptions(pass.application.syncPolicy.options)
            .options(for: target.annotations.options)
        let isClientSide = options.serverSideApply == false
        // What does not fit its schema differs; the server's refusal will say how.
        guard
            let offline = try? differ.compare(
                target: target.value, live: object, isClientSide: isClientSide)
        else { return false }
        // Asking costs a request; what is the same already stays so, whatever the server adds.
        let asks = pass.application.comparesOnServer || !differ.catalog.knows(target.kind)
        guard !offline.isSynced, asks, !isClientSide else { return offline.isSynced }
        var write = WriteOptions()
        write.isDryRun = true
        do {
            let answer = try await client.apply(
                mapping.resource, target.value,
                namespace: mapping.isNamespaced ? target.key.namespace : nil,
                fieldManager: KindCatalog.fieldManager, force: true, options: write)
            return try differ.compare(target: target.value, live: object, answer: answer).isSynced
        } catch let error as APIError where ![429, 503, 504].contains(error.code) {
            return false
        }
    }

    private func forgetVerdictsOfOtherSettings(_ pass: inout Pass) {
        var settings = pass.application.ignoreDifferences
        settings += pass.application.syncPolicy.options.filter { $0.hasPrefix("ServerSideApply") }
            .map { .string($0) }
        if pass.application.comparesOnServer { settings.append("ServerSideDiff") }
        if pass.record.verdictSettings != settings {
            pass.record.verdicts = [:]
            pass.record.verdictSettings = settings
        }
    }
}

/// Resource versions as numbers, which they are in every API server that has its own or etcd's storage.
enum ResourceVersion {
    /// Whether a version is the other or a later one; what is no number is taken for later.
    static func isAtLeast(_ version: String, _ other: String) -> Bool {
        guard let left = UInt64(version), let right = UInt64(other) else { return true }
        return left >= right
    }
}
