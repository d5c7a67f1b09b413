import Git
import KubeClient
import KubeModel
import Manifest

/// Looks at everything that decisions about a service follow from.
struct FactsReader {
    let client: KubeClient
    let settings: PromotionSettings
    let caches: PromotionCaches
    let memory: PromotionMemory
    let heads: HeadReader
    let branch: any ConfigBranch
    let sources: SourceLookups
    let checks: SignatureChecks

    /// Waits for nothing but the API and the config repository.
    ///
    /// - Parameter state: what was known before, which says what need not be looked up.
    func read(_ conventions: DeliveryConventions, _ state: LineState) async throws -> LineFacts {
        var facts = LineFacts(now: client.timeline.date, policy: conventions.spec)
        let objects = caches.releases(of: conventions.repository)
        readReleases(objects, conventions, state, into: &facts)
        facts.quarantined = Set(
            facts.releases.map(\.digest).filter { caches.quarantine(ofDigest: $0) != nil })
        let head = try await head()
        for environment in conventions.spec.environments {
            var fact = LineFacts.Environment(
                head: try await read(environment, conventions, head, state),
                deployment: try await deployment(environment, conventions, state))
            fact.smokes = smokes(conventions.namespace(environment), conventions.service)
            facts.environments[environment.name] = fact
        }
        try await hear(&facts, conventions)
        facts.authors = authors(conventions, state)
        facts.rollbacks = RollbackReader(caches: caches, memory: memory).read(conventions, facts.releases)
        facts.lastSequence =
            caches.promotions(of: conventions.service)
            .compactMap { $0["spec", "sequence"]?.integerValue }.max().map { Int($0) } ?? 0
        return facts
    }

    // MARK: Git and the cluster

    // What cannot be read is told of the environment, and keeps nobody from taking it back.

    private func head() async throws -> Result<ObjectID?, PromotionError> {
        do {
            return .success(try await branch.head())
        } catch {
            return .failure(try unreadable(error))
        }
    }

    private func read(
        _ environment: DeliverySpec.Environment, _ conventions: DeliveryConventions,
        _ head: Result<ObjectID?, PromotionError>, _ state: LineState
    ) async throws -> LineFacts.Head {
        do {
            let target = try conventions.target(environment)
            return try await heads.read(
                target, at: try head.get(), known: state.place(environment.name),
                landing: state.records(of: environment.name, in: .landing))
        } catch let error as PromotionError {
            return .fault(error.message)
        } catch {
            return .fault(try unreadable(error).message)
        }
    }

    private func deployment(
        _ environment: DeliverySpec.Environment, _ conventions: DeliveryConventions, _ state: LineState
    ) async throws -> LineFacts.Deployment {
        do {
            return try await DeploymentReader(caches: caches, memory: memory, branch: branch).read(
                environment, conventions, state, namespace: settings.namespace)
        } catch {
            return .behind(try unreadable(error).message)
        }
    }

    /// Notes what people have said. Where not all of that can be read, nothing goes on: a word against it may be missing.
    private func hear(_ facts: inout LineFacts, _ conventions: DeliveryConventions) async throws {
        do {
            facts.opinions = try await OpinionReader(
                caches: caches, memory: memory, branch: branch, settings: settings
            ).read(conventions)
        } catch {
            let fault = LineFacts.Head.fault(try unreadable(error).message)
            for environment in facts.environments.keys { facts.environments[environment]?.head = fault }
        }
    }

    /// - Throws: `CancellationError`, which tells nothing of the repository.
    private func unreadable(_ error: any Error) throws -> PromotionError {
        if error is CancellationError { throw error }
        return PromotionError(.unavailable, "\(branch.name) cannot be read: \(error)")
    }

    // MARK: Releases

    private func readReleases(
        _ objects: [Value], _ conventions: DeliveryConventions, _ state: LineState,
        into facts: inout LineFacts
    ) {
        var found: [(created: String, spec: ReleaseSpec, fact: LineFacts.Release)] = []
        for object in objects where !object.metadata.isDeleting {
            guard
                let spec = try? ValueDecoder().decode(ReleaseSpec.self, from: object["spec"] ?? .emptyObject),
                conventions.owns(spec)
            else { continue }
            var fact = LineFacts.Release(
                name: object.metadata.name, digest: spec.image.digest, commit: spec.commit,
                image: spec.image.repository, tag: spec.image.tag)
            fact.isQuarantined =
                object["status", "phase"]?.stringValue == ReleaseStatus.Phase.quarantined.rawValue
            found.append((object["metadata", "creationTimestamp"]?.stringValue ?? "", spec, fact))
        }
        found.sort {
            ($0.created, $0.spec.builtAt ?? "", $0.fact.name) < (
                $1.created, $1.spec.builtAt ?? "", $1.fact.name
            )
        }
        let known = Set(state.releases.map(\.name))
        let wanted = Set(state.records.filter { !$0.phase.isFinal }.map(\.spec.release))
        var late: [LineFacts.Release] = []
        var newest = state.releases.last?.commit
        // Releases are numbered in their order: what comes behind one of which it is not known yet waits with it.
        var isOrderKnown = true
        let first = state.oldest.flatMap { name in found.firstIndex { $0.fact.name == name } } ?? 0
        for (place, entry) in found.enumerated() {
            var fact = entry.fact
            if !known.contains(fact.name) {
                let key = "\(conventions.service)/\(fact.name)"
                if place < first || !isOrderKnown { continue }
                if memory.isLate(key) {
                    late.append(fact)
                    continue
                }
                // What was built late, or found again, is not newer for that.
                if let newest, newest != fact.commit {
                    let isLate = sources.isAncestor(
                        fact.commit, of: newest, in: conventions.repository, for: conventions.service)
                    isOrderKnown = isLate != nil
                    if isLate == true {
                        memory.note(late: key)
                        late.append(fact)
                    }
                    if isLate != false { continue }
                }
                newest = fact.commit
            }
            fact.signature = checks.signature(
                of: fact.name, entry.spec, service: conventions.service,
                isWanted: wanted.contains(fact.name))
            facts.releases.append(fact)
        }
        // What was there before the service was first looked at is not late.
        guard !late.isEmpty, !state.releases.isEmpty else { return }
        let told = Set(
            caches.promotions(of: conventions.service).compactMap { $0["spec", "release"]?.stringValue })
        facts.late = late.filter { !told.contains($0.name) }
    }

    // MARK: Tests and authors

    private func smokes(_ namespace: String, _ service: String) -> [String: LineFacts.Smoke] {
        var smokes: [String: LineFacts.Smoke] = [:]
        for object in caches.jobs.objects where object.key.namespace == namespace {
            guard let job = object.value, job.metadata.labels[PromotionCaches.serviceLabel] == service else {
                continue
            }
            smokes[object.key.name] = SmokeTest.result(of: job)
        }
        let since = client.timeline.now - settings.retryInterval
        for (job, fault) in memory.smokeFaults(of: service, notBefore: since) where smokes[job] == nil {
            smokes[job] = .failed(fault)
        }
        return smokes
    }

    private func authors(
        _ conventions: DeliveryConventions, _ state: LineState
    ) -> [String: [String: LineFacts.Authors]] {
        var authors: [String: [String: LineFacts.Authors]] = [:]
        for environment in conventions.spec.environments where environment.requiredApprovals > 0 {
            let base = state.release(state.place(environment.name)?.number)?.commit
            for record in state.records(of: environment.name, in: .waiting) {
                let answer = self.authors(conventions, from: base, to: record.spec.commit)
                authors[environment.name, default: [:]][record.spec.release] = answer
            }
        }
        return authors
    }

    /// Who wrote the commits, and who opened or pushed the pull requests that brought them; nil while that is being looked
    /// up.
    private func authors(
        _ conventions: DeliveryConventions, from base: String?, to commit: String
    ) -> LineFacts.Authors? {
        let repository = conventions.repository
        let change: SourceChange
        switch sources.change(in: repository, from: base, to: commit, for: conventions.service) {
        case .success(let found): change = found
        case .failure(let error): return .unknown(error.message)
        case nil: return nil
        }
        var names = change.authors
        for object in caches.pullRequests(of: repository) {
            guard let merged = object["status", "mergeCommit"]?.stringValue, change.commits.contains(merged)
            else {
                continue
            }
            let spec = object["spec"]
            let people = [spec?["author"], spec?["pusher"]] + (spec?["earlierPushers"]?.arrayValue ?? [])
            names.formUnion(people.compactMap { $0?.stringValue?.lowercased() })
        }
        return .known(names)
    }
}
