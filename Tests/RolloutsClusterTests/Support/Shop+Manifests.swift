extension Shop {
    /// Of ten thousand requests, so many fail in every version unless it says otherwise.
    static let errors = 500

    /// A short look at a share of five in a hundred, then the judge at more.
    static let standardSteps = """
        - setWeight: 5
        - pause: {duration: 1s}
        - setWeight: 25
        - analysis: {templates: [{templateName: judge}]}
        - setWeight: 50
        - analysis: {templates: [{templateName: judge}]}
        """

    /// An analysis by the judge, whose errors are so rare that tests do not see them.
    static func judge(source: String = "{}", selectors: Bool = false, more: String = "") -> String {
        let requests = "slipway_router_requests_total"
        let errors =
            selectors
            ? "bad: '\(requests){namespace=\"default\",code=\"5xx\"}', total: '\(requests){namespace=\"default\"}'"
            : "weight: 1"
        let durations =
            selectors
            ? "histogram: 'slipway_router_request_duration_seconds{namespace=\"default\"}'" : "weight: 1"
        return """
            apiVersion: argoproj.io/v1alpha1
            kind: AnalysisTemplate
            metadata: {name: judge}
            spec:
              metrics:
              - name: judge
                provider:
                  slipway:
                    tick: 1s
                    warmup: 1s
                    falseRollback: 0.0001
                    missBad: 0.01
                    maxDuration: 10m
                    maxMissingTicks: 60
                    \(more)
                    source: \(source)
                    metrics:
                    - {name: errors, kind: ratio, harmful: 3, \(errors)}
                    - {name: latency, kind: latency, boundaries: [0.25], harmful: 3, goodEnough: 0.05, \(durations)}
            """
    }

    static func routing(port: Int, hasBaseline: Bool = false) -> String {
        let backend = hasBaseline ? "\n    - {name: shop-baseline, port: 80, weight: 0}" : ""
        let service =
            hasBaseline
            ? """

            ---
            apiVersion: v1
            kind: Service
            metadata: {name: shop-baseline}
            spec: {selector: {app: shop}, ports: [{name: http, port: 80, targetPort: http}]}
            """ : ""
        return """
            apiVersion: v1
            kind: Service
            metadata: {name: shop-stable}
            spec: {selector: {app: shop}, ports: [{name: http, port: 80, targetPort: http}]}
            ---
            apiVersion: v1
            kind: Service
            metadata: {name: shop-canary}
            spec: {selector: {app: shop}, ports: [{name: http, port: 80, targetPort: http}]}
            ---
            apiVersion: gateway.networking.k8s.io/v1
            kind: Gateway
            metadata: {name: edge}
            spec:
              gatewayClassName: slipway
              listeners: [{name: http, port: \(port), protocol: HTTP}]
            ---
            apiVersion: gateway.networking.k8s.io/v1
            kind: HTTPRoute
            metadata: {name: shop}
            spec:
              parentRefs: [{name: edge}]
              rules:
              - backendRefs:
                - {name: shop-stable, port: 80, weight: 100}
                - {name: shop-canary, port: 80, weight: 0}\(backend)\(service)
            """
    }

    static func rollout(_ steps: String, shared: String, hasBaseline: Bool = false) -> String {
        let baseline = hasBaseline ? ", baselineService: shop-baseline" : ""
        return """
            apiVersion: argoproj.io/v1alpha1
            kind: Rollout
            metadata: {name: shop}
            spec:
              replicas: 4
              progressDeadlineSeconds: 600
              selector: {matchLabels: {app: shop}}
              template:
                metadata: {labels: {app: shop}}
                spec:
                  terminationGracePeriodSeconds: 5
                  volumes:
                  - {name: shared, hostPath: {path: "\(shared)"}}
                  containers:
                  - name: server
                    image: shop:1
                    imagePullPolicy: Never
                    ports: [{name: http, containerPort: 8080}]
                    env: [{name: VERSION, value: v1}, {name: OUTAGE, value: /shared/outage}, {name: ERRORS, value: "\(errors)"}]
                    readinessProbe: {httpGet: {path: /ready, port: http}, periodSeconds: 1}
                    volumeMounts: [{name: shared, mountPath: /shared, readOnly: true}]
              strategy:
                canary:
                  stableService: shop-stable
                  canaryService: shop-canary
                  minPodsPerReplicaSet: 2
                  scaleDownDelaySeconds: 1
                  abortScaleDownDelaySeconds: 1
                  trafficRouting: {gatewayAPI: {httpRoute: shop\(baseline)}}
                  steps:
            \(steps.split(separator: "\n").map { "      \($0)" }.joined(separator: "\n"))
            """
    }
}
