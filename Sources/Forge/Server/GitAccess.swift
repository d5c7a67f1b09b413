import Git
import KubeClient
import KubeModel
import Logging

/// Decides which git clients may do what.
struct GitAccess: Sendable {
    let forge: EmbeddedForge
    let access: ForgeAccess

    func decide(_ request: GitHTTPRequest) async -> GitHTTPDecision {
        do {
            return try await decision(request)
        } catch {
            forge.logger.error("access could not be decided", metadata: ["error": "\(error)"])
            return .unavailable("access to \(request.repository) cannot be decided at the moment; try again")
        }
    }

    private func decision(_ request: GitHTTPRequest) async throws -> GitHTTPDecision {
        let parts = request.repository.split(separator: "/").map(String.init)
        let key = parts.count == 2 ? ObjectKey(namespace: parts[0], name: parts[1]) : nil
        let repository = key.flatMap { try? forge.hosted($0) }
        let isPush = request.service == .receivePack
        if !isPush, let repository, repository.spec.anonymousRead == true {
            return .allow(serving(repository))
        }

        let token: String?
        switch request.credentials {
        case .basic(_, let password): token = password
        case .bearer(let value): token = value
        case nil: token = nil
        }
        guard let token, let user = try await access.user(of: token) else {
            return .unauthorized(
                realm: "slipway",
                message: "log in with any user name and, as password, a token of the API server")
        }
        // Whether there is such a repository is told only to those who may read it.
        guard let key, try await access.may(user, .read, key) else {
            return .forbidden("\(user.name) may not read \(request.repository); a Role must allow it")
        }
        guard let repository else { return .notFound("there is no repository \(request.repository)") }
        guard isPush else { return .allow(serving(repository)) }
        guard try await access.may(user, .push, key) else {
            return .forbidden("\(user.name) may read \(key) but not push; a Role must allow it")
        }
        var serving = serving(repository)
        let push = PushRegistry.Push(user: user, repository: key, beganAt: forge.timeline.now)
        serving.environment["SLIPWAY_PUSH"] = forge.pushes.begin(push)
        return .allow(serving)
    }

    private func serving(_ repository: HostedRepository) -> GitHTTPAccess {
        var access = GitHTTPAccess(repository.git, hooks: forge.configuration.hooks)
        access.settings = [
            ("receive.procReceiveRefs", "refs/for"), ("transfer.hideRefs", "refs/slipway"),
            // What a repository's own file says about these would let pushes through, or keep them out.
            ("receive.denyNonFastForwards", "false"), ("receive.denyDeletes", "false"),
            ("receive.denyCurrentBranch", "refuse"), ("receive.denyDeleteCurrent", "refuse"),
        ]
        return access
    }
}
