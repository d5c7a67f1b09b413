public import AsyncHTTPClient
import Forge
import KubeModel
public import Manifest

/// Asks the forge that a Repository's status names, with the user's token.
public struct ForgeOverHTTP: PullRequestActions {
    private let http: HTTPClient

    /// Reaches forges where their repositories say.
    ///
    /// - Parameter http: knows whose certificates to trust.
    public init(http: HTTPClient = .shared) { self.http = http }

    /// Asks the forge of the repository for it, as the user.
    public func act(
        _ action: String, pullRequest: String, repository: Value, fields: [String: String], token: String
    ) async throws -> String {
        let address = repository.word("status", "apiURL")
        guard !address.isEmpty else {
            throw DashboardError(
                .unavailable,
                "the repository \(repository.metadata.name) says no address of its forge (status.apiURL); is the forge "
                    + "running?")
        }
        return try await ForgeClient(address: address, token: token, http: http).act(
            action, namespace: repository.metadata.namespace, pullRequest: pullRequest, fields)
    }
}
