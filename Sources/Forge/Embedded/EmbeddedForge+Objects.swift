import KubeClient
import KubeModel
import Manifest

extension EmbeddedForge {
    /// How often a change of an object is made anew on its present state before others' changes win.
    private static let attempts = 12

    /// Reads a pull request as it is now.
    ///
    /// - Throws: ``ForgeError`` with code `notFound`; `APIError`.
    func freshPullRequest(_ key: ObjectKey) async throws -> HostedPullRequest {
        do {
            let object = try await client.get(.pullRequests, key.name, namespace: key.requestNamespace)
            return try HostedPullRequest(object)
        } catch let error as APIError where error.isNotFound {
            throw ForgeError(.notFound, "there is no pull request \(key); see: slipway pr list", cause: error)
        }
    }

    /// Changes what is known of a pull request, on its present state; nothing is written where nothing changes.
    ///
    /// - Parameter body: may be called again, where somebody else was faster. What it throws ends the change.
    @discardableResult
    func changeStatus(
        of key: ObjectKey, _ body: @Sendable (HostedPullRequest, inout PullRequestStatus) throws -> Void
    ) async throws -> HostedPullRequest {
        for attempt in 1... {
            var pull = try await freshPullRequest(key)
            var status = pull.status
            try body(pull, &status)
            guard status != pull.status else { return pull }
            var object = pull.object
            object["status"] = try ValueEncoder().encode(status)
            do {
                pull.object = try await client.update(
                    .pullRequests, object, namespace: key.requestNamespace, subresource: "status")
                pull.status = status
                return pull
            } catch let error as APIError where error.isConflict && attempt < Self.attempts {
                continue
            }
        }
        throw ForgeError(.conflict, "pull request \(key) changes too fast; try again")
    }

    /// Changes what is wanted of a pull request, on its present state.
    @discardableResult
    func changeSpec(
        of key: ObjectKey, _ body: @Sendable (HostedPullRequest, inout PullRequestSpec) throws -> Void
    ) async throws -> HostedPullRequest {
        for attempt in 1... {
            let pull = try await freshPullRequest(key)
            var spec = pull.spec
            try body(pull, &spec)
            guard spec != pull.spec else { return pull }
            var object = pull.object
            object["spec"] = try ValueEncoder().encode(spec)
            do {
                let stored = try await client.update(.pullRequests, object, namespace: key.requestNamespace)
                return try HostedPullRequest(stored)
            } catch let error as APIError where error.isConflict && attempt < Self.attempts {
                continue
            }
        }
        throw ForgeError(.conflict, "pull request \(key) changes too fast; try again")
    }
}
