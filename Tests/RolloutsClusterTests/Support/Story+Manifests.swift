extension Story {
    private static func indented(_ text: String, by count: Int) -> String {
        let space = String(repeating: " ", count: count)
        return text.split(separator: "\n").map { space + $0 }.joined(separator: "\n")
    }

    /// The rollout, of the server that all stories share.
    func rollout(
        _ strategy: String, replicas: Int = 1, spec: String = "",
        environment: String = "{name: VERSION, value: \"1\"}"
    ) -> String {
        """
        apiVersion: argoproj.io/v1alpha1
        kind: Rollout
        metadata: {name: \(name)}
        spec:
          replicas: \(replicas)
        \(Self.indented(spec, by: 2))
          selector: {matchLabels: {app: \(name)}}
          template:
            metadata: {labels: {app: \(name), rev: v1}, annotations: {version: "1"}}
            spec:
              terminationGracePeriodSeconds: 2
              containers:
              - name: server
                image: shop:1
                imagePullPolicy: Never
                ports: [{name: http, containerPort: 8080}]
                env: [\(environment)]
                readinessProbe: {httpGet: {path: /ready, port: http}, periodSeconds: 1}
          strategy:
        \(Self.indented(strategy, by: 4))
        """
    }

    func canary(_ steps: String..., more: String = "") -> String {
        var text = "canary:\n"
        if !more.isEmpty { text += Self.indented(more, by: 2) + "\n" }
        return text + "  steps:\n" + Self.indented(steps.map { "- \($0)" }.joined(separator: "\n"), by: 2)
    }

    /// A canary whose requests an HTTPRoute splits.
    func routed(_ steps: String..., more: String = "") -> String {
        let routing =
            "stableService: \(name)-stable\ncanaryService: \(name)-canary\n"
            + "trafficRouting: {gatewayAPI: {httpRoute: \(name)}}\n" + more
        return "canary:\n" + Self.indented(routing, by: 2) + "\n  steps:\n"
            + Self.indented(steps.map { "- \($0)" }.joined(separator: "\n"), by: 2)
    }

    func blueGreen(_ more: String) -> String {
        "blueGreen:\n  activeService: \(name)-active\n" + Self.indented(more, by: 2)
    }

    func service(_ suffix: String) -> String {
        """
        apiVersion: v1
        kind: Service
        metadata: {name: \(name)-\(suffix)}
        spec: {selector: {app: \(name)}, ports: [{name: http, port: 80, targetPort: http}]}
        """
    }

    /// The services of a canary and the route that splits its requests, at a host of its own.
    var routing: String {
        """
        \(service("stable"))
        ---
        \(service("canary"))
        ---
        apiVersion: gateway.networking.k8s.io/v1
        kind: HTTPRoute
        metadata: {name: \(name)}
        spec:
          parentRefs: [{name: edge}]
          hostnames: ["\(name).test"]
          rules:
          - backendRefs:
            - {name: \(name)-stable, port: 80, weight: 100}
            - {name: \(name)-canary, port: 80, weight: 0}
        """
    }

    /// A metric by a job, in flow style; an image other than the server's is none that there is.
    static func job(
        _ name: String, milliseconds: Int = 0, code: Int = 0, image: String = "shop:1", more: String = "",
        spec: String = ""
    ) -> String {
        let environment =
            "[{name: EXIT, value: \"\(code)\"}, {name: DELAY, value: \"\(milliseconds)\"}]"
        let container =
            "{name: task, image: \"\(image)\", imagePullPolicy: Never, env: \(environment)}"
        return "name: \(name), \(more)provider: {job: {spec: {\(spec)backoffLimit: 0, template: {spec: {"
            + "restartPolicy: Never, terminationGracePeriodSeconds: 1, containers: [\(container)]}}}}}"
    }

    func template(_ suffix: String, _ metrics: String...) -> String {
        """
        apiVersion: argoproj.io/v1alpha1
        kind: AnalysisTemplate
        metadata: {name: \(name)-\(suffix)}
        spec:
          metrics:
        \(metrics.map { "  - {\($0)}" }.joined(separator: "\n"))
        """
    }

    func analysis(_ suffix: String) -> String { "{templates: [{templateName: \(name)-\(suffix)}]}" }
}
