import Foundation
import KubeClient
import KubeModel
import KubeServer
import Manifest

extension DemoStage {
    /// An image that somebody else has built and signed does not run in production.
    func foreignImage() async throws {
        let directory = "\(demo.configuration.directory)/somebody-else"
        let image = try await foreignImage(in: directory)
        try await timeline.step("an image signed by somebody else is refused") {
            let pod: Value = [
                "apiVersion": "v1", "kind": "Pod", "metadata": ["name": "foreign"],
                "spec": ["containers": [["name": "foreign", "image": .string(image)]]],
            ]
            let refusal = try await admin.wait("the refusal of \(image)", .seconds(120)) { seen in
                do {
                    try await admin.client.create(.pods, pod, namespace: Self.namespace("production"))
                } catch let error as APIError where error.isFailure(.forbidden) {
                    // What cannot be looked up is refused as well, but proves nothing.
                    seen = error.message
                    return RefusalProof.isOfStranger(error.message) ? error.message : nil
                }
                throw DemoFailure("the pod with \(image) was admitted")
            }
            return ((), refusal)
        }
    }

    /// Builds an image, pushes it to this registry, and signs it with an authority of its own.
    private func foreignImage(in directory: String) async throws -> String {
        let (shell, program) = (demo.shell, demo.configuration.program)
        try PrivateFile.makeDirectory(directory)
        try Data("not ours\n".utf8).write(to: URL(filePath: "\(directory)/server"))
        let commit = String(repeating: "bad0", count: 10)
        let repository = "\(listen.registry.local)/shop/orders"
        try await demo.patiently {
            try await shell.succeed(
                program,
                [
                    "image", "build", repository, "--revision", commit, "--layer",
                    "\(directory)/server:/app/server",
                    "--entrypoint", "/app/server", "--push",
                ], ["HOME": directory])
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            let log = "\(directory)/sigstore.log"
            group.addTask {
                try await shell.supervise(
                    program,
                    ["sigstore", "serve", "--data", "\(directory)/sigstore", "--listen", "127.0.0.1:0"],
                    log: log)
            }
            let url = try await admin.wait("the other authority", .seconds(30)) { seen in
                seen = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
                return seen.split(whereSeparator: { $0.isWhitespace || $0 == "," }).first {
                    $0.hasPrefix("http://")
                }
                .map(String.init)
            }
            let token = try await shell.succeed(
                program, ["sigstore", "token", "--data", "\(directory)/sigstore", "--url", url])
            let file = "\(directory)/token"
            try Data(token.output.utf8).write(to: URL(filePath: file))
            try await demo.patiently {
                try await shell.succeed(
                    program,
                    [
                        "sign", "\(repository):\(commit)", "--identity-token-file", file, "--fulcio-url",
                        url, "--rekor-url", url,
                    ], ["HOME": directory])
            }
            group.cancelAll()
        }
        return "\(repository):\(commit)"
    }
}
