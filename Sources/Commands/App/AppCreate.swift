import ArgumentParser
import KubeClient
import KubeModel
import Manifest

/// `slipway app create`: makes an application.
struct AppCreate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "create", abstract: "Make an application.")

    @Argument var name: String
    @OptionGroup var options: AppOptions

    @Option(help: "The address of the repository.") var repo: String
    @Option(help: "The directory in the repository.") var path = "."
    @Option(help: "A branch, tag or commit.") var revision = "HEAD"
    @Option(help: "The project.") var project = "default"
    @Option(name: .customLong("dest-namespace"), help: "The namespace of objects that name none.")
    var destinationNamespace = "default"
    @Flag(help: "Sync without being asked.") var automated = false
    @Flag(help: "Delete what is no longer in the source, when syncing automatically.") var prune = false
    @Flag(help: "Undo changes in the cluster.") var selfHeal = false
    @Flag(help: "Make the namespace where it is missing.") var createNamespace = false
    @Flag(help: "Leave the objects when the application is deleted.") var orphan = false

    func run() async throws {
        try await reporting {
            var policy: Object = [:]
            if automated || prune || selfHeal {
                policy["automated"] = ["prune": .bool(prune), "selfHeal": .bool(selfHeal)]
            }
            if createNamespace { policy["syncOptions"] = ["CreateNamespace=true"] }
            var object: Value = [
                "apiVersion": "argoproj.io/v1alpha1", "kind": "Application",
                "metadata": ["name": .string(name)],
                "spec": [
                    "project": .string(project),
                    "source": [
                        "repoURL": .string(repo), "path": .string(path), "targetRevision": .string(revision),
                    ],
                    "destination": [
                        "server": .string(ApplicationDestination.inCluster),
                        "namespace": .string(destinationNamespace),
                    ],
                    "syncPolicy": .object(policy),
                ],
            ]
            if !orphan { object.metadata.finalizers = [Application.resourcesFinalizer] }
            let application = object
            try await options.withClient { client in
                try await client.create(Application.resource, application, namespace: options.namespace)
            }
            print("application \(name) created")
        }
    }
}
