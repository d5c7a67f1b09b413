import GitOps
import KubeClient
import KubeModel
import Manifest
import Testing

@Suite struct CommitDeletionTests {
    @Test func `many small deletions of one commit wait for approval as one large one does`() async throws {
        // No storm, so that only the deletions hold back.
        try await Installation.run({ $0.storm.threshold = 100 }) { installation in
            let names = (0..<6).map { "app\($0)" }
            var files: [String: String] = [:]
            for name in names {
                for number in 0..<4 {
                    files["\(name)/\(number).yaml"] = Manifests.configMap("\(name)-\(number)")
                }
            }
            let first = try await installation.commit(files)
            for name in names {
                try await installation.createApplication(
                    name, policy: ["automated": ["prune": true], "syncOptions": ["CreateNamespace=true"]])
            }
            for name in names { try await installation.awaitSynced(name, to: first) }

            // One of four objects in each application is no cause for alarm; six of twenty-four are.
            let second = try await installation.commit(
                Dictionary(uniqueKeysWithValues: names.map { ("\($0)/0.yaml", "") }))
            for name in names {
                try await installation.awaitApplication(name) { object in
                    let isDone =
                        object["status", "sync", "status"] == "Synced"
                        && object["status", "sync", "revision"]?.stringValue == second
                    let message = object["status", "operationState", "message"]?.stringValue ?? ""
                    return isDone || message.contains("of all 24 objects")
                        || message.contains("of all 23 objects") || message.contains("of all 22 objects")
                        || message.contains("of all 21 objects")
                }
            }
            let left = try await installation.client.listAll(.configMaps, namespace: "shop")
                .filter { $0.metadata.name.hasSuffix("-0") }
            #expect(left.count == 3)

            for name in names {
                let object = try await installation.application(name)
                guard object["status", "operationState", "phase"] == "Running" else { continue }
                let time = object["status", "operationState", "startedAt"] ?? .null
                try await installation.patchApplication(
                    name, ["metadata": ["annotations": [ResourceAnnotations.Name.deletionApproved: time]]])
            }
            for name in names { try await installation.awaitSynced(name, to: second) }
        }
    }
}
