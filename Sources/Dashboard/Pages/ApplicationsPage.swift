import KubeClient
import KubeModel
import Manifest

/// The applications: whether the cluster is what git says, and whether it is well.
struct ApplicationsPage: Page {
    let namespace: String

    var title: String { "Applications" }
    var section: Section { .apps }
    var collections: [ObjectCollection] {
        [ObjectCollection(Application.resource, in: namespace, kept: .rows)]
    }

    func regions(_ context: PageContext) async throws -> [Region] {
        let applications = context.objects[Application.resource]
        return [
            Region(
                name: "applications", template: "applications",
                fields: [
                    "rows": .list(
                        applications.map { application in
                            var row = Self.row(application, context)
                            let health = application.word("status", "health", "message")
                            row["healthMessage"] = .text(Short.text(health))
                            row["path"] = .text(Short.text(Application(application).source?.path ?? "", 100))
                            return row
                        }),
                    "isEmpty": .flag(applications.isEmpty),
                ], spoken: applications.compactMap(Self.spoken))
        ]
    }

    /// How it does, for those who hear the page; nil while that is on its way to be something else.
    static func spoken(_ application: Value) -> String? {
        let health = application.word("status", "health", "status")
        guard !health.isEmpty, health != "Progressing" else { return nil }
        return "\(application.metadata.name): \(Tone.words(health))"
    }

    static func row(_ object: Value, _ context: PageContext) -> Fields {
        let application = Application(object)
        let status = application.status
        let operation = status["operationState"] ?? .emptyObject
        return [
            "name": .text(application.name), "project": .text(application.project),
            "sync": Tone.badge(phase: status["sync", "status"]?.stringValue ?? "Unknown"),
            "health": Tone.badge(phase: status["health", "status"]?.stringValue ?? "Unknown"),
            "healthMessage": .text(status.word("health", "message")),
            "revision": .text(status.word("sync", "revision")),
            "short": .text(Short.commit(status.word("sync", "revision"))),
            "repository": .text(application.source?.repoURL ?? ""),
            "path": .text(application.source?.path ?? ""),
            "target": .text(application.source?.targetRevision ?? ""),
            "namespace": .text(application.destination.namespace),
            "operation": Tone.badge(
                phase: operation.word("phase") == "Succeeded" ? nil : operation["phase"]?.stringValue),
            "operationMessage": .text(operation.word("message")),
            "synced": .group(Moments.fields(operation["finishedAt"]?.stringValue, now: context.now)),
            "conditions": .list(
                status.list("conditions").map {
                    ["type": .text(Tone.words($0.word("type"))), "message": .text($0.word("message"))]
                }),
            "images": .list(
                (status["summary", "images"]?.arrayValue ?? []).compactMap(\.stringValue).map {
                    ["text": .text($0)]
                }),
        ]
    }
}
