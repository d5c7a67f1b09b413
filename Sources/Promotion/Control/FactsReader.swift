import Git
import KubeClient
import KubeModel
import Logging
import Manifest

/// Looks at everything that decisions about a service follow from.
struct FactsReader {
    let client: KubeClient
    let settings: PromotionSettings
    let caches: PromotionCaches
    let memory: PromotionMemory
    let heads: HeadReader
    let branch: any ConfigBranch
    let sources: any SourceHistory
    let verifier: any DigestVerifier
    let logger: Logger

    /// - Parameter state: what was known before, which says what need not be looked up.
    func read(_ conventions: DeliveryConventions, _ state: LineState) async throws -> LineFacts {
        var facts = LineFacts(now: client.timeline.date, policy: conventions.spec)
        let objects = caches.releases(of: conventions.repository)
        facts.releases = try await releases(objects, conventions, state)
        facts.quarantined = Set(
            facts.releases.map(\.digest).filter { caches.quarantine(ofDigest: $0) != nil })
        let head = try await branch.head()
        let deployments = DeploymentReader(caches: caches, memory: memory, branch: branch)
        for environment in conventions.spec.environments {
            let place = state.place(environment.name)
            var fact = LineFacts.Environment(
                head: try await read(environment, conventions, head, place),
                deployment: try await deployments.read(
                    environment, conventions, state, namespace: settings.namespace))
            fact.smokes = smokes(conventions.namespace(environment), conventions.service)
            facts.environments[environment.name] = fact
        }
        facts.opinions = try await OpinionReader(caches: caches, branch: branch, settings: settings)
            .read(conventions)
        facts.authors = await authors(conventions, state)
        facts.rollbacks = RollbackReader(caches: caches, memory: memory).read(conventions, facts.releases)
        facts.lastSequence =
            caches.promotions(of: conventions.service)
            .compactMap { $0["spec", "sequence"]?.integerValue }.max().map { Int($0) } ?? 0
        return facts
    }

    private func read(
        _ environment: DeliverySpec.Environment, _ conventions: DeliveryConventions, _ head: ObjectID?,
        _ place: LineState.Place?
    ) async throws -> LineFacts.Head {
        do throws(PromotionError) {
            let target = try conventions.target(environment)
            do {
                return try await heads.read(target, at: head, known: place)
            } catch let error as GitError {
                return .fault("\(branch.name) cannot be read: \(error)")
            } catch {
                throw PromotionError(.unavailable, "\(error)")
            }
        } catch {
            return .fault(error.message)
        }
    }

    // MARK: Releases

    private func releases(
        _ objects: [Value], _ conventions: DeliveryConventions, _ state: LineState
    ) async throws -> [LineFacts.Release] {
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
        var facts: [LineFacts.Release] = []
        var newest = state.releases.last?.commit
        for entry in found {
            var fact = entry.fact
            if !known.contains(fact.name) {
                // What was built late, or found again, is not newer for that.
                if let newest, newest != fact.commit,
                    await sources.isAncestor(fact.commit, of: newest, in: conventions.repository) == true
                {
                    continue
                }
                newest = fact.commit
            }
            fact.signature = await signature(of: fact, entry.spec, state)
            facts.append(fact)
        }
        return facts
    }

    /// Checks the signatures of releases that are about to go somewhere.
    private func signature(
        of fact: LineFacts.Release, _ spec: ReleaseSpec, _ state: LineState
    ) async -> LineFacts.Signature {
        let now = client.timeline.now
        if let known = memory.signature(of: fact.name, notBefore: now - settings.retryInterval) {
            return known
        }
        let isWanted = state.records.contains { $0.spec.release == fact.name && !$0.phase.isFinal }
        guard isWanted else { return .unknown }
        let answer: LineFacts.Signature
        do {
            _ = try await verifier.verify(spec)
            answer = .valid
        } catch let error as PromotionError where error.code == .unavailable {
            answer = .unavailable(error.message)
        } catch {
            answer = .refused("\(error)")
            logger.warning(
                "a release's signature does not hold",
                metadata: ["release": "\(fact.name)", "error": "\(error)"])
        }
        memory.note(answer, of: fact.name, at: now)
        return answer
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
    ) async -> [String: [String: LineFacts.Authors]] {
        var authors: [String: [String: LineFacts.Authors]] = [:]
        for environment in conventions.spec.environments where environment.requiredApprovals > 0 {
            let base = state.release(state.place(environment.name)?.number)?.commit
            for record in state.records(of: environment.name, in: .waiting) {
                let answer = await self.authors(conventions.repository, from: base, to: record.spec.commit)
                authors[environment.name, default: [:]][record.spec.release] = answer
            }
        }
        return authors
    }

    /// Who wrote the commits, and who opened or pushed the pull requests that brought them.
    private func authors(_ repository: String, from base: String?, to commit: String) async
        -> LineFacts.Authors
    {
        let change: SourceChange
        do {
            change = try await memory.change("\(repository) \(base ?? "") \(commit)") {
                try await sources.change(in: repository, from: base, to: commit)
            }
        } catch {
            return .unknown("who wrote \(commit.prefix(10)) of \(repository) cannot be told: \(error)")
        }
        var names = change.authors
        for object in caches.pullRequests(of: repository) {
            guard let merged = object["status", "mergeCommit"]?.stringValue, change.commits.contains(merged)
            else {
                continue
            }
            for field in ["author", "pusher"] {
                if let name = object["spec", field]?.stringValue { names.insert(name.lowercased()) }
            }
        }
        return .known(names)
    }
}
