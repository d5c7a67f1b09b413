import Glibc
import KubeClient
import KubeModel
import Manifest
import Testing

@testable import LocalCluster

@Suite(.serialized, .enabled(if: PodCluster.canRun)) struct PodManifestTests {
    private static func configMap(_ name: String, _ data: Value) -> Value {
        ["apiVersion": "v1", "kind": "ConfigMap", "metadata": ["name": .string(name)], "data": data]
    }

    /// Runs a script in a pod to its end and answers what it said.
    private static func run(
        _ cluster: PodCluster, _ name: String, _ script: String, container: Value = .emptyObject,
        spec: Value = .emptyObject, metadata: Value = .emptyObject
    ) async throws -> [String] {
        var spec = spec
        spec["restartPolicy"] = "Never"
        spec["containers"] = [PodCluster.shell(script, named: "main", container)]
        try await cluster.pod(name, spec, metadata: metadata)
        _ = try await cluster.wait(name, for: "its end") {
            ["Succeeded", "Failed"].contains($0["status", "phase"]?.stringValue ?? "")
        }
        var options = KubeClientLogOptions()
        options.container = "main"
        return try await cluster.log(name, options).split(separator: "\n").map(String.init)
    }

    @Test func `volumes show objects, facts and each other's files`() async throws {
        try await PodCluster.with { cluster in
            let client = cluster.client
            try await client.create(
                .configMaps, Self.configMap("settings", ["a": "1", "b": "2"]), namespace: "default")
            try await client.create(
                .secrets,
                [
                    "apiVersion": "v1", "kind": "Secret", "metadata": ["name": "keys"],
                    "stringData": ["key": "secret"],
                ], namespace: "default")
            let said = try await Self.run(
                cluster, "reader",
                """
                cat /all/a /all/b /some/renamed /keys/key /facts/name /mixed/key /mixed/a /one; echo
                stat -Lc %a /some/renamed /keys/key; ls /some; cat /empty/file 2>&1; touch /all/x 2>&1; df /mem | tail -1
                """,
                container: [
                    "volumeMounts": [
                        ["name": "all", "mountPath": "/all"], ["name": "some", "mountPath": "/some"],
                        ["name": "keys", "mountPath": "/keys"], ["name": "facts", "mountPath": "/facts"],
                        ["name": "mixed", "mountPath": "/mixed"],
                        ["name": "all", "mountPath": "/one", "subPath": "a"],
                        ["name": "empty", "mountPath": "/empty"], ["name": "mem", "mountPath": "/mem"],
                        ["name": "gone", "mountPath": "/gone"],
                    ]
                ],
                spec: [
                    "initContainers": [
                        PodCluster.shell(
                            "echo made >/empty/file", named: "maker",
                            ["volumeMounts": [["name": "empty", "mountPath": "/empty"]]])
                    ],
                    "volumes": [
                        ["name": "all", "configMap": ["name": "settings"]],
                        [
                            "name": "some",
                            "configMap": [
                                "name": "settings",
                                "items": [["key": "b", "path": "renamed", "mode": 0o400]],
                            ],
                        ],
                        ["name": "keys", "secret": ["secretName": "keys", "defaultMode": 0o600]],
                        [
                            "name": "facts",
                            "downwardAPI": [
                                "items": [["path": "name", "fieldRef": ["fieldPath": "metadata.name"]]]
                            ],
                        ],
                        [
                            "name": "mixed",
                            "projected": [
                                "sources": [
                                    ["secret": ["name": "keys"]], ["configMap": ["name": "settings"]],
                                ]
                            ],
                        ],
                        ["name": "empty", "emptyDir": .emptyObject],
                        ["name": "mem", "emptyDir": ["medium": "Memory"]],
                        ["name": "gone", "configMap": ["name": "no-such", "optional": true]],
                    ],
                ])
            #expect(said.first == "122secretreadersecret11")
            #expect(
                said.dropFirst().prefix(5) == [
                    "400", "600", "renamed", "made", "touch: cannot touch '/all/x': Read-only file system",
                ])
            if PodCluster.isRoot { #expect(said.last?.hasPrefix("tmpfs") == true) }
        }
    }

    @Test func `a mounted ConfigMap follows its object`() async throws {
        try await PodCluster.with { cluster in
            let client = cluster.client
            try await client.create(.configMaps, Self.configMap("live", ["a": "old"]), namespace: "default")
            try await cluster.pod(
                "watcher",
                [
                    "restartPolicy": "Never", "volumes": [["name": "live", "configMap": ["name": "live"]]],
                    "containers": [
                        PodCluster.shell(
                            "until grep -q new /live/a; do sleep 0.02; done; cat /live/b",
                            named: "main", ["volumeMounts": [["name": "live", "mountPath": "/live"]]])
                    ],
                ])
            try await cluster.wait("watcher", for: "Ready") { $0.isTrue("Ready") }
            try await client.update(
                .configMaps, Self.configMap("live", ["a": "new", "b": "more"]), namespace: "default")
            _ = try await cluster.waitForPhase("Succeeded", "watcher")
            #expect(try await cluster.log("watcher") == "more")
        }
    }

    @Test func `the environment comes from everywhere`() async throws {
        try await PodCluster.with { cluster in
            let client = cluster.client
            try await client.create(
                .configMaps, Self.configMap("settings", ["A": "1", "B": "2"]), namespace: "default")
            try await client.create(
                .services,
                [
                    "apiVersion": "v1", "kind": "Service", "metadata": ["name": "my-db"],
                    "spec": ["ports": [["port": 5432]]],
                ], namespace: "default")
            let service = try await client.get(.services, "my-db", namespace: "default")
            let address = service["spec", "clusterIP"]?.stringValue ?? ""
            let said = try await Self.run(
                cluster, "env",
                """
                echo $X_A $X_B $OWN $KEY $NAME $NODE $CPU $ESCAPED $0 $1; echo $MY_DB_SERVICE_HOST:$MY_DB_SERVICE_PORT
                pwd; hostname
                """,
                container: [
                    "args": ["arg-$(OWN)", "$$(OWN)"], "workingDir": "/tmp",
                    "resources": ["limits": ["cpu": "1500m"]],
                    "envFrom": [["prefix": "X_", "configMapRef": ["name": "settings"]]],
                    "env": [
                        ["name": "OWN", "value": "own$(X_A)"], ["name": "ESCAPED", "value": "$$(OWN)"],
                        [
                            "name": "KEY",
                            "valueFrom": ["configMapKeyRef": ["name": "settings", "key": "B"]],
                        ],
                        ["name": "NAME", "valueFrom": ["fieldRef": ["fieldPath": "metadata.labels['app']"]]],
                        ["name": "NODE", "valueFrom": ["fieldRef": ["fieldPath": "spec.nodeName"]]],
                        [
                            "name": "CPU",
                            "valueFrom": ["resourceFieldRef": ["resource": "limits.cpu", "divisor": "1m"]],
                        ],
                        [
                            "name": "MAYBE",
                            "valueFrom": [
                                "secretKeyRef": ["name": "no-such", "key": "x", "optional": true]
                            ],
                        ],
                    ],
                ], spec: ["hostname": "named"], metadata: ["labels": ["app": "shop"]])
            #expect(
                said == [
                    "1 2 own1 2 shop slipway 1500 $(OWN) arg-own1 $(OWN)", "\(address):5432", "/tmp", "named",
                ])
        }
    }

    @Test func `what is missing is named, and waited for`() async throws {
        try await PodCluster.with { cluster in
            try await cluster.pod(
                "needy",
                [
                    "restartPolicy": "Never",
                    "containers": [
                        PodCluster.shell(
                            "echo $KEY", named: "main",
                            [
                                "env": [
                                    [
                                        "name": "KEY",
                                        "valueFrom": ["configMapKeyRef": ["name": "later", "key": "k"]],
                                    ]
                                ]
                            ])
                    ],
                ])
            let waiting = try await cluster.wait("needy", for: "CreateContainerConfigError") {
                $0.container("main")?["state", "waiting", "reason"] == "CreateContainerConfigError"
            }
            #expect(
                waiting.container("main")?["state", "waiting", "message"] == "configmap \"later\" not found")
            try await cluster.waitForEvent(
                "Warning Failed: Error: configmap \"later\" not found", of: "needy")
            try await cluster.client.create(
                .configMaps, Self.configMap("later", ["other": "1"]), namespace: "default")
            try await cluster.wait("needy", for: "the missing key") {
                $0.container("main")?["state", "waiting", "message"]
                    == "couldn't find key k in ConfigMap default/later"
            }
            try await cluster.client.update(
                .configMaps, Self.configMap("later", ["k": "found"]), namespace: "default")
            _ = try await cluster.waitForPhase("Succeeded", "needy")
            #expect(try await cluster.log("needy") == "found\n")
        }
    }

    @Test(.enabled(if: PodCluster.isRoot, "only root can become others"))
    func `security contexts say who a container is`() async throws {
        try await PodCluster.with { cluster in
            let said = try await Self.run(
                cluster, "user", "id -u; id -g; id -G; echo x >/data/x && stat -c %g /data/x; touch /x 2>&1",
                container: [
                    "volumeMounts": [["name": "data", "mountPath": "/data"]],
                    "securityContext": ["readOnlyRootFilesystem": true, "runAsUser": 1234],
                ],
                spec: [
                    "securityContext": ["runAsGroup": 2345, "fsGroup": 3456, "supplementalGroups": [4567]],
                    "volumes": [["name": "data", "emptyDir": .emptyObject]],
                ])
            #expect(
                said == [
                    "1234", "2345", "2345 3456 4567", "3456",
                    "touch: cannot touch '/x': Read-only file system",
                ])
            try await cluster.pod(
                "root",
                [
                    "containers": [
                        PodCluster.shell("true", named: "main", ["securityContext": ["runAsNonRoot": true]])
                    ]
                ])
            let pod = try await cluster.wait("root", for: "a refusal") {
                $0.container("main")?["state", "waiting", "reason"] == "CreateContainerConfigError"
            }
            let message = pod.container("main")?["state", "waiting", "message"]?.stringValue ?? ""
            #expect(
                message.hasPrefix(
                    "container has runAsNonRoot and image will run as root (pod: \"root_default("))
        }
    }

    @Test func `limits are accepted, and said not to be enforced`() async throws {
        try await PodCluster.with { cluster in
            let said = try await Self.run(
                cluster, "limited", "echo $MEMORY",
                container: [
                    "resources": ["limits": ["memory": "16Mi", "cpu": "100m"]],
                    "env": [
                        ["name": "MEMORY", "valueFrom": ["resourceFieldRef": ["resource": "limits.memory"]]]
                    ],
                ])
            #expect(said == ["16777216"])
            try await cluster.waitForEvent(
                "Warning FieldsIgnored: this node does not enforce spec.containers{main}.resources.limits",
                of: "limited")
        }
    }

    struct Refusal: Sendable {
        let field: Value
        let words: String
    }

    static let refusals = [
        Refusal(field: ["tty": true], words: "asks for tty"),
        Refusal(field: ["securityContext": ["privileged": true]], words: "is privileged"),
        Refusal(
            field: ["livenessProbe": ["grpc": ["port": 1]]],
            words: "livenessProbe of container main uses grpc"),
    ]

    @Test(arguments: refusals)
    func `what this node cannot do is refused by name`(_ refusal: Refusal) async throws {
        let words = refusal.words
        try await PodCluster.with { cluster in
            try await cluster.pod(
                "odd", ["containers": [PodCluster.shell("true", named: "main", refusal.field)]])
            try await cluster.wait("odd", for: words) {
                $0.container("main")?["state", "waiting", "message"]?.stringValue?.contains(words) == true
            }
        }
    }
}
