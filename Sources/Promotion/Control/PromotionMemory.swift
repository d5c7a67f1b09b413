import KubeClient
import KubeModel
import Synchronization

/// What the one process that promotes keeps in mind between two looks at a service.
///
/// Nothing of it is needed after a restart: states are written down before anything is done about them, and the rest is
/// found out again.
final class PromotionMemory: Sendable {
    private struct Content: Sendable {
        /// The states by service, with the uid of the object they belong to.
        var states: [String: (uid: String, state: LineState)] = [:]
        /// The services by their Applications' names and their environments' namespaces, which they can share.
        var applications: [String: String] = [:]
        var namespaces: [String: Set<String>] = [:]
        /// Both of each service.
        var places: [String: Places] = [:]
        /// What was last written to a Promotion object.
        var written: [String: PromotionStatus] = [:]
        /// Why smoke tests could not begin, by the service and the Job's name.
        var smokeFaults: [String: (message: String, at: Duration)] = [:]
        var ancestry: [String: Bool] = [:]
        /// Releases that came when a newer one was known, by service and name.
        var late: Set<String> = []
        /// What commits of promotions say, by their names; nil for commits that are none.
        var entries: [String: PromotionEntry?] = [:]
        /// The branches of pull requests of which it is known that nothing is left to delete.
        var goneBranches: Set<String> = []

        /// Notes where a service is, in place of where it was; nil for nowhere.
        mutating func move(_ service: String, to new: Places?) {
            let old = places[service]
            guard old != new else { return }
            for name in old?.applications ?? [] { applications[name] = nil }
            for name in old?.namespaces ?? [] { namespaces[name]?.remove(service) }
            for name in new?.applications ?? [] { applications[name] = service }
            for name in new?.namespaces ?? [] { namespaces[name, default: []].insert(service) }
            places[service] = new
        }
    }

    private struct Places: Sendable, Hashable {
        var applications: [String]
        var namespaces: [String]
    }

    private let content = Mutex(Content())
    private static let limit = 20_000

    func state(of service: String, uid: String) -> LineState? {
        content.withLock { content in
            guard let known = content.states[service], known.uid == uid else { return nil }
            return known.state
        }
    }

    func keep(_ state: LineState, uid: String) {
        content.withLock { $0.states[state.service] = (uid, state) }
    }

    func forget(_ service: String) {
        content.withLock { content in
            content.states[service] = nil
            content.move(service, to: nil)
        }
    }

    /// Notes where a service is, so that events lead back to it.
    func enter(_ conventions: DeliveryConventions) {
        let places = Places(
            applications: conventions.spec.environments.map(conventions.application),
            namespaces: conventions.spec.environments.map(conventions.namespace))
        content.withLock { $0.move(conventions.service, to: places) }
    }

    func service(ofApplication name: String) -> String? { content.withLock { $0.applications[name] } }

    func services(inNamespace name: String) -> Set<String> {
        content.withLock { $0.namespaces[name] ?? [] }
    }

    func written(_ promotion: String) -> PromotionStatus? { content.withLock { $0.written[promotion] } }

    func note(written status: PromotionStatus, _ promotion: String) {
        content.withLock { content in
            if content.written.count > Self.limit { content.written = [:] }
            content.written[promotion] = status
        }
    }

    func note(smokeFault message: String, _ service: String, _ job: String, at now: Duration) {
        content.withLock { content in
            if content.smokeFaults.count > Self.limit { content.smokeFaults = [:] }
            content.smokeFaults["\(service)/\(job)"] = (message, now)
        }
    }

    /// Why a service's smoke tests could not begin, as far as that is no older than a moment.
    func smokeFaults(of service: String, notBefore: Duration) -> [String: String] {
        content.withLock { content in
            var faults: [String: String] = [:]
            for (key, fault) in content.smokeFaults
            where fault.at >= notBefore && key.hasPrefix("\(service)/") {
                faults[String(key.dropFirst(service.count + 1))] = fault.message
            }
            return faults
        }
    }

    func isGone(branch: String) -> Bool { content.withLock { $0.goneBranches.contains(branch) } }

    func note(branch: String, isGone: Bool) {
        content.withLock { content in
            if isGone {
                content.goneBranches.insert(branch)
            } else {
                content.goneBranches.remove(branch)
            }
        }
    }

    func isLate(_ release: String) -> Bool { content.withLock { $0.late.contains(release) } }

    func note(late release: String) {
        content.withLock { content in
            if content.late.count > Self.limit { content.late = [] }
            content.late.insert(release)
        }
    }

    /// What a commit says of a promotion, read once: a commit never changes.
    ///
    /// - Parameter read: nil where there is no such commit, which can come.
    func entry(
        _ commit: String, _ read: () async throws -> PromotionEntry??
    ) async rethrows -> PromotionEntry? {
        if let known = content.withLock({ $0.entries[commit] }) { return known }
        guard let entry = try await read() else { return nil }
        content.withLock { content in
            if content.entries.count > Self.limit { content.entries = [:] }
            content.entries[commit] = .some(entry)
        }
        return entry
    }

    /// Whether a commit came before another, made out once where it did; what is not yet true can become so.
    func isAncestor(_ key: String, _ make: () async throws -> Bool) async rethrows -> Bool {
        if content.withLock({ $0.ancestry[key] }) == true { return true }
        let answer = try await make()
        if answer {
            content.withLock { content in
                if content.ancestry.count > Self.limit { content.ancestry = [:] }
                content.ancestry[key] = true
            }
        }
        return answer
    }
}
