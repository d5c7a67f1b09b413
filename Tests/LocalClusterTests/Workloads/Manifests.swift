/// Manifests that several tests use.
enum Manifests {
    static func deployment(
        _ name: String = "web", replicas: Int = 3, image: String = "app:1", strategy: String = "",
        extra: String = "",
        resources: String = "{}"
    ) -> String {
        """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: \(name)}
        spec:
          replicas: \(replicas)
          selector: {matchLabels: {app: \(name)}}
          \(strategy.isEmpty ? "" : "strategy: \(strategy)")
          \(extra)
          template:
            metadata: {labels: {app: \(name)}}
            spec:
              containers:
              - {name: main, image: "\(image)", ports: [{containerPort: 8080, name: http}], resources: \(resources)}
        """
    }

    static func job(_ name: String = "work", restart: String = "Never", extra: String = "") -> String {
        """
        apiVersion: batch/v1
        kind: Job
        metadata: {name: \(name)}
        spec:
          \(extra)
          template:
            spec:
              restartPolicy: \(restart)
              containers: [{name: main, image: "work:1"}]
        """
    }
}
