import Foundation
import KubeClient
import KubeModel
import Manifest
import Testing

@testable import LocalCluster

/// What a pod is told of itself and may prove to others: tokens, gates of its readiness, names.
@Suite(.serialized, .enabled(if: PodCluster.canRun)) struct PodIdentityTests {
    /// The claims of a JSON web token.
    private static func claims(_ token: String) throws -> Value {
        let parts = token.split(separator: ".")
        #expect(parts.count == 3)
        var body = String(parts.count > 1 ? parts[1] : "").replacing("-", with: "+").replacing("_", with: "/")
        body += String(repeating: "=", count: (4 - body.count % 4) % 4)
        return try JSON.parse(Array(try #require(Data(base64Encoded: body))))
    }

    @Test func `a projected token says who the pod is, to whom it is shown`() async throws {
        try await PodCluster.with { cluster in
            try await cluster.client.create(
                .serviceAccounts,
                ["apiVersion": "v1", "kind": "ServiceAccount", "metadata": ["name": "robot"]],
                namespace: "default")
            try await cluster.pod(
                "teller",
                [
                    "restartPolicy": "Never", "serviceAccountName": "robot",
                    "containers": [
                        PodCluster.shell(
                            "cat /id/token; echo; cat /id/namespace; stat -Lc ' %a' /id/token", named: "main",
                            ["volumeMounts": [["name": "id", "mountPath": "/id", "readOnly": true]]])
                    ],
                    "volumes": [
                        [
                            "name": "id",
                            "projected": [
                                "defaultMode": 0o440,
                                "sources": [
                                    [
                                        "serviceAccountToken": [
                                            "audience": "vault", "expirationSeconds": 600, "path": "token",
                                        ]
                                    ],
                                    [
                                        "downwardAPI": [
                                            "items": [
                                                [
                                                    "path": "namespace",
                                                    "fieldRef": ["fieldPath": "metadata.namespace"],
                                                ]
                                            ]
                                        ]
                                    ],
                                ],
                            ],
                        ]
                    ],
                ])
            _ = try await cluster.waitForPhase("Succeeded", "teller")
            let lines = try await cluster.log("teller").split(separator: "\n").map(String.init)
            #expect(lines.last == "default 440")
            let claims = try Self.claims(try #require(lines.first))
            #expect(claims["sub"]?.stringValue == "system:serviceaccount:default:robot")
            #expect(claims["aud"] == ["vault"])
            let (issued, ends) = (claims["iat"]?.integerValue ?? 0, claims["exp"]?.integerValue ?? 0)
            #expect(ends - issued == 600)
            let pod = try await cluster.client.get(.pods, "teller", namespace: "default")
            let node = try await cluster.client.get(.nodes, "slipway", namespace: nil)
            let told = claims["kubernetes.io"]
            #expect(told?["pod"] == ["name": "teller", "uid": .string(pod.metadata.uid)])
            #expect(told?["node"] == ["name": "slipway", "uid": .string(node.metadata.uid)])
            #expect(told?["serviceaccount", "name"] == "robot")
        }
    }

    @Test func `a pod without its service account waits and says for what`() async throws {
        try await PodCluster.with { cluster in
            try await cluster.pod(
                "nobody",
                [
                    "serviceAccountName": "missing", "containers": [PodCluster.shell("exec sleep 1000")],
                    "volumes": [
                        [
                            "name": "id",
                            "projected": ["sources": [["serviceAccountToken": ["path": "token"]]]],
                        ]
                    ],
                ])
            try await cluster.waitForEvent("failed to fetch token", of: "nobody")
            let pod = try await cluster.client.get(.pods, "nobody", namespace: "default")
            #expect(pod["status", "phase"]?.stringValue == "Pending")
        }
    }

    @Test func `a pod is ready when its gates are open as well`() async throws {
        try await PodCluster.with { cluster in
            try await cluster.pod(
                "gated",
                [
                    "readinessGates": [["conditionType": "example.com/in-rotation"]],
                    "containers": [PodCluster.shell("exec sleep 1000")],
                ])
            func message(_ pod: Value) -> String? {
                pod["status"]?.list("conditions").first { $0.text("type") == "Ready" }?["message"]?
                    .stringValue
            }
            let closed = try await cluster.wait("gated", for: "ready containers") {
                $0.isTrue("ContainersReady")
            }
            #expect(!closed.isTrue("Ready"))
            #expect(
                message(closed)
                    == "corresponding condition of pod readiness gate \"example.com/in-rotation\" does not exist."
            )
            func gate(_ status: String) async throws {
                let condition: Value = ["type": "example.com/in-rotation", "status": .string(status)]
                try await cluster.client.patch(
                    .pods, "gated", namespace: "default",
                    .strategicMerge(["status": ["conditions": [condition]]]), subresource: "status")
            }
            try await gate("True")
            try await cluster.wait("gated", for: "Ready") { $0.isTrue("Ready") }
            try await gate("False")
            let again = try await cluster.wait("gated", for: "a closed gate") { !$0.isTrue("Ready") }
            #expect(
                message(again)
                    == "the status of pod readiness gate \"example.com/in-rotation\" is not \"True\", but False"
            )
            #expect(again.isTrue("ContainersReady"))
        }
    }

    @Test func `names are resolved as the pod asks`() async throws {
        try await PodCluster.with { cluster in
            try await cluster.pod(
                "resolver",
                [
                    "restartPolicy": "Never", "dnsPolicy": "None",
                    "dnsConfig": [
                        "nameservers": ["192.0.2.1", "192.0.2.2"], "searches": ["shop.test", "test"],
                        "options": [["name": "ndots", "value": "2"], ["name": "edns0"]],
                    ],
                    "hostAliases": [["ip": "192.0.2.7", "hostnames": ["db", "db.shop.test"]]],
                    "containers": [PodCluster.shell("cat /etc/resolv.conf; grep shop /etc/hosts")],
                ])
            _ = try await cluster.waitForPhase("Succeeded", "resolver")
            #expect(
                try await cluster.log("resolver") == """
                    nameserver 192.0.2.1
                    nameserver 192.0.2.2
                    search shop.test test
                    options ndots:2 edns0
                    192.0.2.7\tdb\tdb.shop.test

                    """)
        }
    }

    @Test func `what dnsConfig adds stands behind what the policy says`() {
        let pod: Value = [
            "metadata": ["name": "p", "namespace": "shop", "uid": "1"],
            "spec": [
                "dnsPolicy": "Default",
                "dnsConfig": ["nameservers": ["192.0.2.1"], "options": [["name": "ndots", "value": "2"]]],
            ],
        ]
        let resolver = PodSandboxSpec(pod).resolver
        #expect(resolver?.nameservers.last == "192.0.2.1")
        #expect(resolver?.options.last == "ndots:2")
        let own = ResolverConfiguration("nameserver 10.0.0.1\nsearch a b\noptions timeout:1\n")
        #expect(
            own.nameservers == ["10.0.0.1"] && own.searches == ["a", "b"] && own.options == ["timeout:1"])
    }
}
