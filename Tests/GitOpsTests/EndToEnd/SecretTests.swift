import Foundation
import GitOps
import KubeClient
import KubeModel
import Manifest
import Testing

@Suite struct SecretTests {
    private static let words = ["hunter2-old", "hunter2-new", "hunter2-wrong", "987654321"]

    @Test func `a secret's values stand in no status, event, audit line or difference`() async throws {
        try await Installation.run(audits: true) { installation in
            func secret(_ fields: String) -> String {
                "apiVersion: v1\nkind: Secret\nmetadata: {name: key}\n\(fields)\n"
            }
            let first = try await installation.commit([
                "shop/key.yaml": secret("stringData: {token: hunter2-old}")
            ])
            try await installation.createApplication(
                "shop",
                policy: [
                    "automated": ["selfHeal": true], "syncOptions": ["CreateNamespace=true"],
                    "retry": ["limit": 0],
                ])
            try await installation.awaitSynced("shop", to: first)
            let second = try await installation.commit([
                "shop/key.yaml": secret("stringData: {token: hunter2-new}")
            ])
            try await installation.awaitSynced("shop", to: second)
            // Refused in ways in which a server may repeat what it was given.
            for fields in ["data: {token: hunter2-wrong}", "data: {token: 987654321}"] {
                let commit = try await installation.commit(["shop/key.yaml": secret(fields)])
                try await installation.awaitApplication("shop") {
                    $0["status", "operationState", "phase"] == "Failed"
                        && $0["status", "operationState", "syncResult", "revision"]?.stringValue == commit
                }
            }
            let application = Application(try await installation.application("shop"))
            let difference = try await ApplicationDifference(
                installation.client, controlNamespace: Installation.namespace, isServerSide: false
            ).compute(application, repository: installation.repository, revision: first)
            #expect(difference.text.contains("  token: ++++++++"))
            try await installation.awaitEvent("OperationFailed")
            let events = try await installation.client.listAll(.events, namespace: Installation.namespace)
            let audit = try String(contentsOfFile: "\(installation.directory)/audit.jsonl", encoding: .utf8)
            #expect(audit.contains("Secret/shop/key"))
            let texts = [
                JSON.string(application.object), difference.text, difference.foreignText, audit,
                events.map { JSON.string($0) }.joined(),
            ]
            for word in Self.words {
                let encoded = Data(word.utf8).base64EncodedString()
                for text in texts { #expect(!text.contains(word) && !text.contains(encoded)) }
            }
        }
    }
}
