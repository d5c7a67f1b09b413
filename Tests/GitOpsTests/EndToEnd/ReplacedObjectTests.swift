import ClusterTestSupport
import Git
import GitOps
import KubeClient
import KubeModel
import KubeServer
import Manifest
import Synchronization
import TestSupport
import Testing

/// Objects that are deleted and made again by others just after they were written.
@Suite struct ReplacedObjectTests {
    /// Deletes a ConfigMap and makes another of its name, before whoever wrote it hears that it has.
    private final class Replacer: APITransport {
        private let inner: InProcessTransport
        private let isDone = Mutex(false)

        init(_ inner: InProcessTransport) { self.inner = inner }

        func send(_ request: APIRequest) async throws -> APIResponse {
            let response = await inner.send(request)
            let isFirst =
                request.method == .patch && request.path.hasSuffix("/configmaps/one")
                && !request.query.contains { $0.name == "dryRun" }
                && isDone.withLock { isDone in
                    defer { isDone = true }
                    return !isDone
                }
            guard isFirst else { return response }
            let client = KubeClient(inner)
            var object = try await client.get(.configMaps, "one", namespace: "shop")
            try await client.delete(.configMaps, "one", namespace: "shop")
            // As what is restored from a copy: all is as it was, but one value.
            object.metadata.uid = ""
            object.metadata.resourceVersion = ""
            object.set(nil, at: ["metadata", "managedFields"])
            object.set("of others", at: ["data", "key"])
            try await client.create(.configMaps, object, namespace: "shop")
            return response
        }
    }

    @Test func `an object that others have made anew is compared, not the one that was written`()
        async throws
    {
        let program = try GitProgram(path: try #require(Program.path("git")), isDurable: false)
        try await withTemporaryDirectory { directory in
            let repository = try await GitRepository.create(at: "\(directory)/config.git", program: program)
            try await withServer { server in
                var repositories = Repositories()
                repositories.enter(repository, at: Installation.url)
                let transport = InProcessTransport(server)
                let controller = GitOpsController(
                    KubeClient(Replacer(transport)), repositories: repositories, logger: .silent)
                let installation = Installation(
                    client: KubeClient(transport), repository: repository, controller: controller,
                    directory: directory)
                try await withThrowingTaskGroup(of: Void.self) { group in
                    try await controller.install()
                    group.addTask { await controller.run() }
                    try await installation.commit(["shop/one.yaml": Manifests.configMap("one")])
                    try await installation.createApplication(
                        "shop", policy: ["automated": [:], "syncOptions": ["CreateNamespace=true"]])
                    try await installation.awaitApplication("shop") {
                        $0["status", "sync", "status"] == "OutOfSync"
                            && $0["status", "operationState", "phase"] == "Succeeded"
                    }
                    let object = try await installation.client.get(.configMaps, "one", namespace: "shop")
                    #expect(object["data", "key"] == "of others")
                    group.cancelAll()
                }
            }
        }
    }
}
