import ClusterTestSupport
import Glibc
import KubeClient
import KubeModel
import Manifest
import NIOPosix
import TestSupport
import Testing

@testable import LocalCluster

/// Deployments of a real server in real sandboxes, reached through the router.
@Suite(
    .serialized, .timeLimit(.minutes(10)),
    .enabled(
        if: PodCluster.canRun && StaticServer.compiler != nil, "needs runc or bubblewrap, and a C compiler"))
struct RollingUpdateTests {
    let group = MultiThreadedEventLoopGroup.singleton

    static func deployment(version: String, replicas: Int = 3, ready: String = "yes", extra: String = "")
        -> String
    {
        """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web}
        spec:
          replicas: \(replicas)
          selector: {matchLabels: {app: web}}
          strategy: {rollingUpdate: {maxSurge: 1, maxUnavailable: 1}}
          \(extra)
          template:
            metadata: {labels: {app: web}}
            spec:
              terminationGracePeriodSeconds: 10
              containers:
              - name: server
                image: server:1
                imagePullPolicy: Never
                ports: [{name: http, containerPort: 8080}]
                env: [{name: VERSION, value: "\(version)"}, {name: READY, value: "\(ready)"}]
                readinessProbe: {httpGet: {path: /ready, port: http}, periodSeconds: 1}
        """
    }

    /// A cluster with the server's image, a service of it and a gateway; the body gets the gateway's port.
    func withServer(
        connected: Bool = PodCluster.isRoot && Program.path("ip") != nil,
        _ body: @Sendable @escaping (PodCluster, TestCluster, Int) async throws -> Void
    ) async throws {
        try await PodCluster.with(connected: connected, { $0.servesTraffic = true }) { pods in
            try await StaticServer.addImage("server:1", to: pods.directory)
            let cluster = TestCluster(
                client: pods.client, server: pods.server,
                pods: WatchCache(pods.client, .pods, namespace: nil, mode: .full, logger: .silent))
            try await cluster.waitForClass()
            let traffic = try await TrafficCluster(
                cluster: cluster, traffic: Traffic(pods.client, group: MultiThreadedEventLoopGroup.singleton))
            _ = try await traffic.addService("web", app: "web")
            let port = try await traffic.addGateway()
            try await traffic.apply(TrafficCluster.route([("web", 1)]))
            _ = try await traffic.waitForGateway()
            try await body(pods, cluster, port)
        }
    }

    func apply(_ yaml: String, _ client: KubeClient) async throws {
        let object = try #require(try YAML.parse(yaml).first)
        try await client.apply(.deployments, object, namespace: "default", fieldManager: "test", force: true)
    }

    @Test func `a rolling update under load loses no request`() async throws {
        try await withServer { pods, cluster, port in
            try await self.apply(Self.deployment(version: "1"), pods.client)
            try await cluster.wait(.deployments, "web", "three pods", until: DeploymentRollingTests.isDone(3))
            try await self.waitForVersion("1", port)
            let load = Load(port: port, group: self.group)
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask { try await load.run(clients: 4) }
                for version in ["2", "3"] {
                    try await self.apply(Self.deployment(version: version), pods.client)
                    try await cluster.wait(
                        .deployments, "web", "version \(version)", until: DeploymentRollingTests.isDone(3))
                    try await load.progress()
                }
                load.stop()
                try await tasks.waitForAll()
            }
            #expect(load.failures == [])
            #expect(load.count > 100)
            try await self.waitForVersion("3", port)
        }
    }

    /// Asks until a version answers; requests that are refused meanwhile do not count.
    func waitForVersion(_ version: String, _ port: Int) async throws {
        let deadline = ContinuousClock.now + TestCluster.timeout
        while ContinuousClock.now < deadline {
            let body = try await TestClient.with(port: port, group: group) { send in
                try await send(TestClient.get("/"), "").body
            }
            if body == version { return }
            // Which pod answers is told by nothing but its answers.
            try await ContinuousClock().sleep(for: .milliseconds(10))
        }
        throw TestFailure("version \(version) does not answer")
    }

    @Test func `a probe that fails stops the roll-out at maxUnavailable, and undoing it repairs`()
        async throws
    {
        try await withServer { pods, cluster, port in
            try await self.apply(
                Self.deployment(version: "1", replicas: 3, extra: "progressDeadlineSeconds: 3"), pods.client)
            try await cluster.wait(.deployments, "web", "three pods", until: DeploymentRollingTests.isDone(3))
            try await self.apply(
                Self.deployment(version: "2", ready: "no", extra: "progressDeadlineSeconds: 3"), pods.client)
            try await cluster.wait(.deployments, "web", "a roll-out that is stuck") {
                $0.conditions["Progressing"]?.reason == "ProgressDeadlineExceeded"
                    && $0["status"]?["availableReplicas"]?.integerValue == 2
                    && $0["status"]?["updatedReplicas"]?.integerValue == 2
            }
            try await TestClient.with(port: port, group: self.group) { send in
                for _ in 0..<20 {
                    let answer = try await send(TestClient.get("/"), "")
                    #expect(answer.status == 200)
                    #expect(answer.body == "1")
                }
            }
            try await self.apply(
                Self.deployment(version: "1", replicas: 3, extra: "progressDeadlineSeconds: 3"), pods.client)
            try await cluster.wait(.deployments, "web", "repair", until: DeploymentRollingTests.isDone(3))
        }
    }

    @Test(.enabled(if: PodCluster.isRoot && Program.path("ip") != nil, "needs root and iproute2"))
    func `a pod reaches a service by its name`() async throws {
        try await withServer { pods, cluster, port in
            try await self.apply(Self.deployment(version: "first", replicas: 1), pods.client)
            try await cluster.wait(.deployments, "web", "a pod", until: DeploymentRollingTests.isDone(1))
            try await self.waitForVersion("first", port)
            // The connection is kept open after the answer, so that exactly the answer is read.
            let script = """
                getent hosts web.default.svc.cluster.local && getent hosts web || exit 3
                exec 3<>/dev/tcp/web/80 && printf 'GET / HTTP/1.1\\r\\n\\r\\n' >&3
                for line in 1 2 3 4; do read -r header <&3; done
                read -r -N 5 body <&3; echo "body: $body"
                """
            try await pods.pod(
                "asker",
                [
                    "restartPolicy": "Never",
                    "containers": [
                        ["name": "main", "image": "host", "command": ["/bin/bash", "-c", .string(script)]]
                    ],
                ])
            _ = try await pods.waitForPhase("Succeeded", "asker")
            let log = try await pods.log("asker")
            #expect(log.contains("10.96."))
            #expect(log.contains("body: first"))
        }
    }

    @Test func `a job of a real program is tried again until it succeeds`() async throws {
        try await PodCluster.with { pods in
            let cluster = TestCluster(
                client: pods.client, server: pods.server,
                pods: WatchCache(pods.client, .pods, namespace: nil, mode: .full, logger: .silent))
            let flag = "\(pods.directory)/tried"
            let script = "if [ -e /data/tried ]; then exit 0; fi; touch /data/tried; exit 7"
            mkdir(flag, 0o777)
            let job = """
                apiVersion: batch/v1
                kind: Job
                metadata: {name: work}
                spec:
                  template:
                    spec:
                      restartPolicy: Never
                      volumes: [{name: data, hostPath: {path: "\(flag)"}}]
                      containers:
                      - {name: main, image: host, command: [/bin/sh, -c, "\(script)"], volumeMounts: [{name: data, mountPath: /data}]}
                """
            _ = try await cluster.create(.jobs, job)
            let done = try await cluster.wait(.jobs, "work", "completion", until: JobTests.isComplete)
            #expect(done["status"]?["failed"]?.integerValue == 1)
            #expect(done["status"]?["succeeded"]?.integerValue == 1)
            let codes = try await cluster.client.list(.pods, namespace: "default").items.compactMap {
                $0.container("main")?["state"]?["terminated"]?["exitCode"]?.integerValue
            }
            #expect(codes.sorted() == [0, 7])
        }
    }
}
