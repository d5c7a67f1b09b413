extension Scenario {
    private static func indented(_ text: String, by count: Int) -> String {
        let space = String(repeating: " ", count: count)
        return text.split(separator: "\n").map { space + $0 }.joined(separator: "\n")
    }

    /// A rollout `web` of a strategy.
    ///
    /// - Parameters:
    ///   - spec: more fields of `spec`, a line each.
    ///   - container: more fields of the container, in flow style.
    static func rollout(
        _ strategy: String, replicas: Int = 1, spec: String = "", container: String = "image: \"web:1\""
    ) -> String {
        """
        apiVersion: argoproj.io/v1alpha1
        kind: Rollout
        metadata: {name: web}
        spec:
          replicas: \(replicas)
        \(indented(spec, by: 2))
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}, annotations: {version: "1"}}
            spec:
              containers: [{name: web, \(container)}]
          strategy:
        \(indented(strategy, by: 4))
        """
    }

    static func canary(_ steps: String..., more: String = "") -> String {
        var text = "canary:\n"
        if !more.isEmpty { text += indented(more, by: 2) + "\n" }
        text +=
            steps.isEmpty
            ? "  steps: []" : "  steps:\n" + indented(steps.map { "- \($0)" }.joined(separator: "\n"), by: 2)
        return text
    }

    /// A canary whose requests an HTTPRoute splits.
    static func routed(_ steps: String..., more: String = "") -> String {
        let routing = """
            stableService: web-stable
            canaryService: web-canary
            trafficRouting: {gatewayAPI: {httpRoute: web}}
            """
        var text = "canary:\n" + indented(more.isEmpty ? routing : routing + "\n" + more, by: 2)
        if !steps.isEmpty {
            text += "\n  steps:\n" + indented(steps.map { "- \($0)" }.joined(separator: "\n"), by: 2)
        }
        return text
    }

    static func blueGreen(_ more: String) -> String {
        "blueGreen:\n  activeService: web-active\n" + indented(more, by: 2)
    }

    static func service(_ name: String) -> String {
        """
        apiVersion: v1
        kind: Service
        metadata: {name: \(name)}
        spec: {selector: {app: web}, ports: [{port: 80}]}
        """
    }

    /// The services and the route of a canary whose requests are split.
    static let routing = """
        \(service("web-stable"))
        ---
        \(service("web-canary"))
        ---
        apiVersion: gateway.networking.k8s.io/v1
        kind: HTTPRoute
        metadata: {name: web}
        spec:
          parentRefs: [{name: gateway}]
          rules:
          - backendRefs:
            - {name: web-stable, port: 80, weight: 100}
            - {name: web-canary, port: 80, weight: 0}
        """

    /// A template whose job takes so many seconds and ends with an exit code, both zero unless somebody says otherwise.
    static let task = """
        apiVersion: argoproj.io/v1alpha1
        kind: AnalysisTemplate
        metadata: {name: task}
        spec:
          args: [{name: seconds, value: "0"}, {name: code, value: "0"}, {name: count, value: "1"}, {name: rev, value: none}]
          metrics:
          - name: task
            count: "{{args.count}}"
            provider:
              job:
                spec:
                  backoffLimit: 0
                  template:
                    metadata: {labels: {rev: "{{ args.rev }}"}}
                    spec:
                      restartPolicy: Never
                      containers: [{name: task, image: "task:1", args: ["{{args.seconds}}", "{{args.code}}"]}]
        """

    /// A metric of a template by a job, in flow style.
    static func job(
        _ name: String, seconds: String = "0", code: String = "0", image: String = "task:1", more: String = ""
    )
        -> String
    {
        let spec = more.isEmpty ? "" : "\(more), "
        return
            "name: \(name), provider: {job: {spec: {\(spec)backoffLimit: 0, template: {spec: {restartPolicy: Never, "
            + "containers: [{name: task, image: \"\(image)\", args: [\"\(seconds)\", \"\(code)\"]}]}}}}}"
    }

    static func template(_ name: String, arguments: String = "[]", _ metrics: String...) -> String {
        """
        apiVersion: argoproj.io/v1alpha1
        kind: AnalysisTemplate
        metadata: {name: \(name)}
        spec:
          args: \(arguments)
          metrics:
        \(metrics.map { "  - {\($0)}" }.joined(separator: "\n"))
        """
    }

    /// An analysis by `task`.
    static func analysis(_ arguments: [String: String] = [:], template: String = "task") -> String {
        let given = arguments.sorted { $0.key < $1.key }.map { "{name: \($0.key), value: \"\($0.value)\"}" }
        return "{templates: [{templateName: \(template)}], args: [\(given.joined(separator: ", "))]}"
    }
}
