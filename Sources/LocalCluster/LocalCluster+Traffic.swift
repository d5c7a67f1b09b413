import Glibc
import KubeClient
import KubeModel
import Logging
import Manifest
import NIOPosix

extension LocalCluster {
    /// The longest that a pod's end waits for requests under way, whatever its grace period.
    static let longestDrain = Duration.seconds(10)

    /// Traffic that is not running yet; nil where others do that.
    func traffic(on sandboxes: PodSandboxes, in directory: String) async throws -> Traffic? {
        guard configuration.servesTraffic else { return nil }
        var settings = Traffic.Settings()
        if let gateway = sandboxes.gateway {
            settings.interface = configuration.bridge
            settings.nameserver = (gateway, 53)
        } else if geteuid() == 0 {
            settings.interface = "lo"
        }
        settings.gatewayAddress = configuration.trafficAddress
        settings.nodeAddress = configuration.trafficAddress
        settings.metrics = (configuration.trafficAddress, configuration.metricsPort)
        settings.identity = directory
        settings.instance = configuration.nodeName
        settings.logger = logger
        return try await Traffic(client, settings: settings, group: MultiThreadedEventLoopGroup.singleton)
    }

    /// Serves traffic until cancelled. Pods run without it where it cannot be served.
    func run(_ traffic: Traffic) async {
        do {
            try await traffic.run()
        } catch is CancellationError {
            // The cluster stops.
        } catch {
            logger.error(
                "services and gateways are not served; pods run without them", metadata: ["error": "\(error)"]
            )
            // Its end would be taken for that of the controllers.
            let forever = AsyncStream<Never> { _ in }
            for await _ in forever {}
        }
    }
}

extension Traffic {
    /// Gives a pod's sandbox the names of services: by a name server or by lines of its hosts file.
    func complete(_ spec: inout PodSandboxSpec, for pod: Value) {
        let policy = pod["spec"]?["dnsPolicy"]?.stringValue ?? "ClusterFirst"
        let isOnHost = pod["spec"]?["hostNetwork"]?.boolValue ?? false
        guard policy == "ClusterFirstWithHostNet" || (policy == "ClusterFirst" && !isOnHost) else { return }
        guard var resolver = resolver(for: spec.namespace) else {
            spec.hostAliases += hosts(for: spec.namespace)
            return
        }
        let wanted = pod["spec"]?["dnsConfig"]
        func add(_ name: String, to list: inout [String]) {
            for text in (wanted?[name]?.arrayValue ?? []).compactMap(\.stringValue) where !list.contains(text)
            {
                list.append(text)
            }
        }
        add("nameservers", to: &resolver.nameservers)
        add("searches", to: &resolver.searches)
        for option in wanted?["options"]?.arrayValue ?? [] {
            guard let name = option["name"]?.stringValue else { continue }
            resolver.options.removeAll { $0 == name || $0.hasPrefix("\(name):") }
            resolver.options.append(option["value"]?.stringValue.map { "\(name):\($0)" } ?? name)
        }
        spec.resolver = resolver
    }
}
