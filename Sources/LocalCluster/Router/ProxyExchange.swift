import NIOCore
import NIOHTTP1

/// One request on its way through the router, and what is known of its answer.
struct ProxyExchange {
    let head: HTTPRequestHead
    let started: NIODeadline
    let rule: CompiledRule
    let target: CompiledRule.Target
    /// Endpoints that could not be reached for this request.
    var tried: [RoutingTable.Endpoint] = []
    var endpoint: RoutingTable.Endpoint?
    var upstream: (any Channel)?
    /// Body parts that came before the upstream connection stood; reading stops meanwhile, so they are few.
    var waiting: [HTTPServerRequestPart] = []
    var requestEnded = false
    /// Whether body bytes went upstream: from then on the request cannot be sent again.
    var bodySent = false
    var responseStatus: Int?
    /// Whether the connection had served a request before: a close before the answer may be the pod's idle limit.
    var reusedConnection = false
    /// Whether the pod keeps the connection open after this answer.
    var upstreamKeepsAlive = true

    /// Whether the request may be sent a second time after its connection broke without an answer.
    ///
    /// Only on a reused connection, whose pod may just have reached its idle limit, and only when the method is
    /// idempotent and no body has been given away (RFC 9110, section 9.2.2). A pod that drops a fresh connection
    /// has failed: hiding that from the client would hide it from the judge as well.
    var mayRetry: Bool {
        reusedConnection && responseStatus == nil && !bodySent && Self.idempotent.contains(head.method)
    }

    private static let idempotent: [HTTPMethod] = [.GET, .HEAD, .OPTIONS, .PUT, .DELETE, .TRACE]

    /// The metrics this request counts for.
    var metricsKey: RouterMetrics.Key {
        RouterMetrics.Key(
            namespace: target.backend.namespace, service: target.backend.service, pod: endpoint?.pod ?? "",
            podTemplateHash: endpoint?.podTemplateHash ?? "")
    }
}

extension HTTPHeaders {
    /// Headers that belong to one connection and are never passed on (RFC 9110, section 7.6.1).
    mutating func removeHopByHop() {
        for listed in self["connection"].flatMap({ $0.split(separator: ",") }) {
            remove(name: listed.trimmingPrefix { $0 == " " }.description)
        }
        for name in ["connection", "keep-alive", "proxy-connection", "te", "trailer", "upgrade"] {
            remove(name: name)
        }
    }
}
