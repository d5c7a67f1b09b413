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

@Suite struct LostOperationTests {
    /// Writes another operation just before the one that was seen is taken from the application.
    private final class Interloper: APITransport {
        private let inner: InProcessTransport
        private let other: Value
        private let isDone = Mutex(false)

        init(_ inner: InProcessTransport, writes other: Value) { (self.inner, self.other) = (inner, other) }

        func send(_ request: APIRequest) async throws -> APIResponse {
            let takes =
                request.method == .patch && request.path.hasSuffix("/applications/shop")
                && String(decoding: request.body, as: UTF8.self).contains("operation")
            let isFirst =
                takes
                && isDone.withLock { isDone in
                    defer { isDone = true }
                    return !isDone
                }
            if isFirst {
                try await KubeClient(inner).patch(
                    Application.resource, "shop", namespace: Installation.namespace,
                    .merge(["operation": other]))
            }
            return await inner.send(request)
        }
    }

    @Test func `an operation that is written while another is taken is carried out too`() async throws {
        let program = try GitProgram(path: try #require(Program.path("git")), isDurable: false)
        let other: Value = ["initiatedBy": ["username": "grace"], "sync": ["prune": true]]
        try await withTemporaryDirectory { directory in
            let repository = try await GitRepository.create(at: "\(directory)/config.git", program: program)
            try await withServer { server in
                var repositories = Repositories()
                repositories.enter(repository, at: Installation.url)
                let transport = InProcessTransport(server)
                let controller = GitOpsController(
                    KubeClient(Interloper(transport, writes: other)), repositories: repositories,
                    logger: .silent)
                let installation = Installation(
                    client: KubeClient(transport), repository: repository, controller: controller,
                    directory: directory)
                try await withThrowingTaskGroup(of: Void.self) { group in
                    try await controller.install()
                    group.addTask { await controller.run() }
                    try await installation.commit(["shop/one.yaml": Manifests.configMap("one")])
                    try await installation.createApplication(
                        "shop", policy: ["syncOptions": ["CreateNamespace=true"]])
                    try await installation.awaitApplication("shop") {
                        $0["status", "sync", "status"] == "OutOfSync"
                    }
                    try await installation.patchApplication(
                        "shop", ["operation": ["initiatedBy": ["username": "ada"], "sync": [:]]])
                    let done = try await installation.awaitApplication("shop") {
                        $0["operation"] == nil && $0["status", "operationState", "phase"] == "Succeeded"
                            && $0["status", "operationState", "operation", "initiatedBy", "username"]
                                == "grace"
                    }
                    #expect(done["status", "operationState", "operation"] == other)
                    group.cancelAll()
                }
            }
        }
    }
}
