public import Forge
public import Hummingbird
import KubeClient
public import Logging
import Pipeline

extension MergeGate {
    /// Serves git, the forge's API and pages, logs and the identity of runs on one port; hooks on a socket.
    ///
    /// - Parameters:
    ///   - port: 0 for any free port.
    ///   - address: the URL under which clients reach the port, where that is not `http://host:port`.
    ///   - onReady: told the port once connections and hooks are accepted.
    public func listener(
        host: String = "127.0.0.1", port: Int = 0, address: String? = nil,
        logger: Logger = Logger(label: "slipway.forge"),
        onReady: @escaping @Sendable (Int) async -> Void = { _ in }
    ) -> ForgeListener {
        let companion = ForgeListener.Companion(prefixes: ["/.well-known/", "/ci/"]) { url in
            try routes(at: url).buildResponder()
        }
        return ForgeListener(
            forge, host: host, port: port, address: address, companion: companion, logger: logger,
            onReady: onReady)
    }

    /// What programs ask for: logs of runs at `/ci/…`, and the documents by which the identity of a run is checked.
    ///
    /// - Parameter url: the URL under which others reach the routes, which the identities name as their issuer.
    /// - Throws: `PipelineError` where the key of identities cannot be used.
    public func routes(at url: String) throws -> Router<BasicRequestContext> {
        let router = Router(context: BasicRequestContext.self)
        let timeline = client.timeline
        try RunTokenIssuer(issuer: url, pemRepresentation: keys.runs, date: { timeline.date })
            .addRoutes(to: router)
        let access = LogAccess(client: client)
        LogRoutes(logs).addRoutes(to: router) { request, run in
            await access.allows(request, run: run.name, namespace: run.namespace ?? "default")
        }
        return router
    }
}
