import Git
import KubeClient
import KubeModel
import Logging

extension EmbeddedForge {
    /// Answers a hook. Whatever cannot be decided is refused.
    func answer(_ call: HookCall) async -> HookReply {
        do {
            let repository = try hosted(try key(of: call.repository))
            switch call.hook {
            case .preReceive: return try await answerPreReceive(call, repository)
            case .procReceive: return try await answerProcReceive(call, repository)
            case .referenceTransaction: return try await answerTransaction(call, repository)
            }
        } catch {
            logger.warning(
                "a hook was refused", metadata: ["hook": "\(call.hook.rawValue)", "error": "\(error)"])
            let text = (error as? ForgeError)?.message ?? "the forge failed; its log says why"
            return HookReply(
                isAllowed: false, messages: ["slipway: \(text)"],
                outcomes: call.updates.map { .init(reference: $0.reference, refusal: "failed") })
        }
    }

    /// The repository that lies at a path.
    private func key(of path: String) throws(ForgeError) -> ObjectKey {
        let parts = path.split(separator: "/").suffix(2).map(String.init)
        guard parts.count == 2, parts[1].hasSuffix(".git") else {
            throw ForgeError(.notFound, "\(path) is no repository of this forge")
        }
        let key = ObjectKey(namespace: parts[0], name: String(parts[1].dropLast(4)))
        return key
    }

    private func push(of call: HookCall, _ repository: HostedRepository) throws(ForgeError)
        -> PushRegistry.Push
    {
        guard let secret = call.push, let push = pushes[secret], push.repository == repository.key else {
            throw ForgeError(
                .unauthenticated,
                "this repository takes pushes over HTTP only, as that is where people log in: "
                    + "git push \(baseURL)/\(repository.key).git")
        }
        return push
    }

    private func present(_ name: String, _ repository: HostedRepository) async throws -> PushRules.Present {
        guard ReferenceName.isValid(name), !name.hasPrefix("refs/for/") else {
            return PushRules.Present(isProtected: false, isSymbolic: false, exists: false)
        }
        return PushRules.Present(
            isProtected: repository.isProtected(name),
            isSymbolic: try await repository.git.symbolicReference(name) != nil,
            exists: try await repository.git.reference(name) != nil)
    }

    private func answerPreReceive(_ call: HookCall, _ repository: HostedRepository) async throws -> HookReply
    {
        _ = try push(of: call, repository)
        var messages: [String] = []
        for update in call.updates {
            let present = try await present(update.reference, repository)
            if present.isProtected, !present.exists, let new = ObjectID(update.new),
                try await isBeginning(new, of: repository.on(String(update.reference.dropFirst(11))))
            {
                continue
            }
            if let refusal = PushRules.refusal(update, present, branch: repository.spec.branch) {
                messages.append("slipway: \(refusal)")
            }
        }
        return HookReply(isAllowed: messages.isEmpty, messages: messages)
    }

    private func answerProcReceive(_ call: HookCall, _ repository: HostedRepository) async throws -> HookReply
    {
        let push = try push(of: call, repository)
        let options = try PushOptions(call.options)
        var reply = HookReply(isAllowed: true)
        for update in call.updates {
            do {
                let opened = try await receive(update, options, by: push.user, in: repository)
                reply.outcomes.append(opened.outcome)
                reply.messages += opened.messages
            } catch let error as ForgeError {
                reply.outcomes.append(.init(reference: update.reference, refusal: error.code.description))
                reply.messages.append("slipway: \(error.message)")
            }
        }
        return reply
    }

    /// Whether a protected branch may begin at a commit: one that has landed on the default branch, gates and all.
    private func isBeginning(_ commit: ObjectID, of branch: HostedRepository) async throws -> Bool {
        guard !branch.isDefaultBranch, !commit.isZero, ReferenceName.isValid(branch.branch),
            let main = try await branch.git.reference("refs/heads/\(branch.spec.branch)")
        else { return false }
        return try await branch.git.commits(of: main, firstParent: true).contains(commit)
    }

    /// The last moment before references change, whoever changes them: a push, or somebody on this machine.
    private func answerTransaction(_ call: HookCall, _ repository: HostedRepository) async throws -> HookReply
    {
        for update in call.updates {
            let name = update.reference
            if name.hasPrefix("refs/slipway/") || name.hasPrefix("refs/pull/") {
                throw ForgeError(.forbidden, "\(name) is the forge's own")
            }
            if PushRules.isMisleading(name), ObjectID(update.new)?.isZero == false {
                throw ForgeError(.forbidden, "\(name) is taken for another reference by git")
            }
            guard repository.isProtected(name) else { continue }
            guard let new = ObjectID(update.new), !new.isZero else {
                throw ForgeError(.forbidden, "\(name) is protected and cannot be deleted")
            }
            // Git tells zeros for the old value where the caller did not care, so the live one counts.
            let old = try await repository.git.reference(name)
            if old == new { continue }
            let meant = repository.on(String(name.dropFirst("refs/heads/".count)))
            if old == nil, try await isBeginning(new, of: meant) { continue }
            try await attestor.checkLanding(
                from: old, to: new, of: meant.recordedBranch, in: repository.git, repository: repository.name,
                gates: repository.gates)
        }
        return HookReply(isAllowed: true)
    }
}
