import KubeClient
import KubeModel
import Logging
import Manifest

/// The collections that services and gateways follow.
struct TrafficCaches: Sendable {
    let services: WatchCache
    let pods: WatchCache
    let slices: WatchCache
    let endpoints: WatchCache
    let namespaces: WatchCache
    let classes: WatchCache
    let gateways: WatchCache
    let routes: WatchCache
    let grants: WatchCache

    init(_ client: KubeClient, logger: Logger) {
        var options = WatchCache.Options()
        options.transform = { $0.metadata.fields["managedFields"] = nil }
        func cache(_ resource: GroupVersionResource, _ indexes: [CacheIndex] = []) -> WatchCache {
            WatchCache(
                client, resource, namespace: nil, mode: .full, indexes: indexes, options: options,
                logger: logger)
        }
        services = cache(.services, [.namespace])
        pods = cache(.pods, [.namespace, CacheIndex("uid") { [$0.metadata.uid] }])
        slices = cache(.endpointSlices, [.label(EndpointSlices.serviceLabel)])
        endpoints = cache(.endpoints)
        namespaces = cache(.namespaces)
        classes = cache(GatewayAPI.gatewayClasses.resource)
        gateways = cache(GatewayAPI.gateways.resource)
        routes = cache(GatewayAPI.httpRoutes.resource)
        grants = cache(GatewayAPI.referenceGrants.resource)
    }

    var all: [WatchCache] {
        [services, pods, slices, endpoints, namespaces, classes, gateways, routes, grants]
    }
}

extension GroupVersionResource {
    static let endpointSlices = GroupVersionResource(
        group: "discovery.k8s.io", version: "v1", resource: "endpointslices")
    static let endpoints = GroupVersionResource(version: "v1", resource: "endpoints")
}
