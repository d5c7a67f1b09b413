import ArgumentParser
import KubeClient
import KubeModel
import Manifest

/// `slipway app delete`: deletes an application, by default with its objects.
struct AppDelete: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete", abstract: "Delete an application and its objects.")

    @Argument var name: String
    @OptionGroup var options: AppOptions

    @Flag(inversion: .prefixedNo, help: "Delete the application's objects too.")
    var cascade = true

    func run() async throws {
        try await reporting {
            try await options.withClient { client in
                let object = try await options.application(name, client)
                var finalizers = object.metadata.finalizers.filter {
                    !$0.hasPrefix(Application.resourcesFinalizer)
                }
                if cascade { finalizers.append(Application.resourcesFinalizer) }
                let change: Value = finalizers.isEmpty ? .null : .array(finalizers.map { .string($0) })
                try await options.patch(name, ["metadata": ["finalizers": change]], client)
                try await client.delete(Application.resource, name, namespace: options.namespace)
            }
            print("application \(name) deleted")
        }
    }
}
