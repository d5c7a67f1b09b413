extension Settings {
    /// A configuration file with every setting, its default and what it is for; all of it commented out.
    public static var template: String {
        let settings = Settings()
        return """
            # Slipway on this machine: slipway up --config THIS_FILE
            # Each line shows the default. Remove the # before a line, and before the ones above it that it belongs to.

            # Where everything is kept: objects, repositories, images, keys, logs. --data wins over it.
            #data: \(settings.data)

            # Where the parts listen. Port 0 takes any free one at the first start and keeps it.
            #listen:
            #  web: \(settings.listen.web)        # pages, git, logs, webhooks, identity of runs, signing
            #  api: \(settings.listen.api)        # the Kubernetes API
            #  registry: \(settings.listen.registry)   # images
            #  traffic: \(settings.listen.traffic)    # the gateway through which requests come to services
            #  metrics: \(settings.listen.metrics)    # the router's metrics; the host of traffic
            #  prometheus: \(settings.listen.prometheus)   # this machine's Prometheus, where it runs along

            # The URL under which others reach listen.web, where that is not its address.
            #publicURL: https://slipway.example.com

            # HTTPS for pages, API and registry, with certificates of the installation's own authority (DIR/keys/ca.crt).
            #tls: \(settings.usesTLS)

            # Where Slipway's own objects live: repositories, pull requests, releases, promotions, applications.
            #namespace: \(settings.namespace)

            # More users, a line each: token,user,uid,"group1,group2". Groups are slipway:viewers, slipway:developers,
            # slipway:approvers and system:masters. Below the data directory unless it is an absolute path.
            #users: \(settings.users)

            # Runs this machine's Prometheus along where it is installed: it scrapes the router, and analyses ask it.
            #prometheus: \(settings.usesPrometheus)

            #cluster:
            #  node: \(settings.cluster.node)
            #  runtimes: [\(settings.cluster.runtimes.joined(separator: ", "))]   # best first
            #  bridge: \(settings.cluster.bridge)
            #  podSubnet: \(settings.cluster.podSubnet)
            #  hostNetwork: \(!settings.cluster.connectsPods)   # true puts pods on the machine's own network

            #pipeline:
            #  runs: \(settings.pipeline.runs)     # at a time
            #  steps: \(settings.pipeline.steps)    # of one run at a time

            """
    }

    /// The settings as a configuration file that says all of them.
    public var text: String {
        """
        data: \(Self.quoted(data))
        listen:
          web: "\(listen.web)"
          api: "\(listen.api)"
          registry: "\(listen.registry)"
          traffic: "\(listen.traffic)"
          metrics: "\(listen.metrics)"
          prometheus: "\(listen.prometheus)"
        \(publicURL.map { "publicURL: \(Self.quoted($0))\n" } ?? "")tls: \(usesTLS)
        namespace: \(namespace)
        users: \(Self.quoted(users))
        prometheus: \(usesPrometheus)
        cluster:
          node: \(cluster.node)
          runtimes: [\(cluster.runtimes.joined(separator: ", "))]
          bridge: \(Self.quoted(cluster.bridge))
          podSubnet: \(cluster.podSubnet)
          hostNetwork: \(!cluster.connectsPods)
        pipeline:
          runs: \(pipeline.runs)
          steps: \(pipeline.steps)

        """
    }

    private static func quoted(_ text: String) -> String {
        "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }
}
