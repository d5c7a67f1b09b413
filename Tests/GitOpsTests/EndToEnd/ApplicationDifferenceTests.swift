import Foundation
import GitOps
import KubeClient
import KubeModel
import Manifest
import Testing

/// What `slipway app diff` and the dashboard show.
@Suite struct ApplicationDifferenceTests {
    private static func difference(
        _ installation: Installation, _ revision: String, isServerSide: Bool
    ) async throws -> ApplicationDifference.Result {
        try await ApplicationDifference(
            installation.client, controlNamespace: Installation.namespace, isServerSide: isServerSide
        ).compute(
            Application(try await installation.application("shop")), repository: installation.repository,
            revision: revision)
    }

    @Test(arguments: [false, true])
    func
        `what a manager decides that is to be ignored is no difference, and fields of others bear their name`(
            _ isServerSide: Bool
        ) async throws
    {
        try await Installation.run { installation in
            let commit = try await installation.commit([
                "shop/one.yaml": Manifests.configMap("one", ["a": "1", "b": "1"])
            ])
            // Nothing is automated: settings that change would otherwise bring another sync.
            try await installation.createApplication("shop", policy: [:])
            try await installation.patchApplication(
                "shop", ["operation": ["sync": ["syncOptions": ["CreateNamespace=true"]]]])
            try await installation.awaitSynced("shop", to: commit)
            try await installation.client.apply(
                .configMaps,
                [
                    "apiVersion": "v1", "kind": "ConfigMap", "metadata": ["name": "one"],
                    "data": ["a": "2", "theirs": "x"],
                ], namespace: "shop", fieldManager: "tuner", force: true)

            let drift = try await Self.difference(installation, commit, isServerSide: isServerSide)
            #expect(drift.changes.map(\.change) == ["changed"])
            #expect(drift.text.contains("-  a: \"2\"\n+  a: \"1\"\n"), "\(drift.text)")
            // What others have added is no difference, and is told with who did.
            #expect(!drift.text.contains("-  theirs") && !drift.text.contains("+  theirs"))
            #expect(drift.foreignText == "ConfigMap/shop/one: set by tuner: .data.a, .data.theirs\n")

            try await installation.patchApplication(
                "shop",
                [
                    "spec": [
                        "ignoreDifferences": [["kind": "ConfigMap", "managedFieldsManagers": ["tuner"]]]
                    ]
                ])
            let ignored = try await Self.difference(installation, commit, isServerSide: isServerSide)
            #expect(ignored.changes.isEmpty, "\(ignored.text)")

            // Only that manager's fields do not count.
            try await installation.client.apply(
                .configMaps,
                [
                    "apiVersion": "v1", "kind": "ConfigMap", "metadata": ["name": "one"],
                    "data": ["b": "2"],
                ], namespace: "shop", fieldManager: "somebody", force: true)
            let other = try await Self.difference(installation, commit, isServerSide: isServerSide)
            #expect(other.text.contains("-  b: \"2\"\n+  b: \"1\"\n"), "\(other.text)")
            #expect(!other.text.contains("a: \"2\""))
        }
    }

    @Test func `a secret that goes, comes or changes shows that and nothing of its values`() async throws {
        try await Installation.run { installation in
            func secret(_ name: String, _ value: String) -> String {
                "apiVersion: v1\nkind: Secret\nmetadata: {name: \(name)}\nstringData: {token: \(value)}\n"
            }
            let first = try await installation.commit([
                "shop/gone.yaml": secret("gone", "hunter2-gone"),
                "shop/kept.yaml": secret("kept", "hunter2-old"),
            ])
            try await installation.createApplication("shop", policy: [:])
            try await installation.patchApplication(
                "shop", ["operation": ["sync": ["syncOptions": ["CreateNamespace=true"]]]])
            try await installation.awaitSynced("shop", to: first)
            let second = try await installation.commit([
                "shop/gone.yaml": "", "shop/kept.yaml": secret("kept", "hunter2-new"),
                "shop/new.yaml": secret("new", "hunter2-added"),
            ])
            let result = try await Self.difference(installation, second, isServerSide: false)
            #expect(
                Set(result.changes.map { "\($0.change) \($0.key.name)" })
                    == ["removed gone", "changed kept", "added new"])
            for word in ["hunter2-gone", "hunter2-old", "hunter2-new", "hunter2-added"] {
                let encoded = Data(word.utf8).base64EncodedString()
                #expect(!result.text.contains(word) && !result.text.contains(encoded))
            }
            #expect(result.text.contains("token: +"))
        }
    }
}
