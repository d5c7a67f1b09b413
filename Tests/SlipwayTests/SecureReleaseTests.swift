import ClusterTestSupport
import Foundation
import KubeClient
import KubeModel
import Manifest
import TestSupport
import Testing

/// The real program over HTTPS from a push to a signed release: whatever it asks itself must not depend on whom the
/// system trusts.
@Suite(
    .serialized,
    .enabled(
        if: geteuid() == 0 && Program.path("runc") != nil && Program.path("ldd") != nil,
        "needs root, runc and ldd"))
struct SecureReleaseTests {
    /// The gates at their smallest; the image is a shell with what it needs.
    private static let pipeline = #"""
        version: 1
        service: shop
        defaults: { image: host, timeout: 10m }
        gates:
          lint: { steps: { layout: { run: "echo fine" } } }
        \#(PipelineParts.checks)
          build:
            steps:
              shell:
                run: |
                  mkdir -p out/bin
                  cp "$(command -v bash)" out/bin/bash
                  for library in $(ldd out/bin/bash | grep -o '/[^ ]*'); do
                    mkdir -p "out$(dirname "$library")"
                    cp -L "$library" "out$library"
                  done
                outputs: { root: out }
            image:
              repository: registry.localhost/shop
              base: scratch
              layers: [{ from: outputs.root, to: / }]
              entrypoint: [/bin/bash]
              user: "65532:65532"
              verify: { run: [/bin/bash, -c, "echo it works"] }

        """#

    @Test func `a change is reviewed in a page, merged by a command, built, signed and released over HTTPS`()
        async throws
    {
        let installation = try Self.installation()
        try await installation.start()
        let web = "https://127.0.0.1:\(try installation.port("web"))"
        try await installation.withClient { client in
            try await client.create(
                .repositories,
                [
                    "apiVersion": "slipway.dev/v1alpha1", "kind": "Repository", "metadata": ["name": "shop"],
                    "spec": ["requiredApprovals": 1],
                ], namespace: "slipway")
            #expect(try await installation.cloneURL(client) == "\(web)/slipway/shop.git")
        }
        let ada = try ClientGit(
            installation.process.directory.appending(path: "work").path,
            environment: ["GIT_SSL_CAINFO": "\(installation.data)/keys/ca.crt"])
        try await ada("init", "--quiet", "-b", "main")
        let first = try await Self.release(
            1, [".slipway/pipeline.yaml": Self.pipeline], ada, installation, merges: .byCommand)
        #expect(first["spec", "signature", "issuer"]?.stringValue == web)
        #expect(
            first["spec", "signature", "identity"]?.stringValue
                == "\(web)/slipway/shop/.slipway/pipeline.yaml@candidate")
        let kubeconfig = "\(installation.data)/kubeconfig"
        let logs = try await installation.process.run(
            "ci", "logs", "--server", "--step", "lint.layout", "--kubeconfig", kubeconfig)
        #expect(logs.code == 0 && logs.output == "fine\n", "\(logs)")
        #expect(try await installation.process.run("down", "--data", "data").code == 0)
        #expect(try installation.ended() == 0)

        // A name for others that this machine cannot reach, and another port of the registry.
        let config = try installation.process.read("data/config.yaml").replacing(
            "registry: 127.0.0.1:0", with: "registry: 127.0.0.1:\(try TestPort.free())")
        try installation.process.write(
            config + "publicURL: https://slipway.invalid\n", to: "data/config.yaml")
        try await installation.start()
        let second = try await Self.release(2, ["README.md": "# shop\n"], ada, installation, merges: .inPage)
        #expect(second["spec", "signature", "issuer"]?.stringValue == "https://slipway.invalid")
        try await installation.withClient { client in
            try await client.create(
                .namespaces,
                [
                    "apiVersion": "v1", "kind": "Namespace",
                    "metadata": ["name": "prod", "labels": ["slipway.dev/signatures": "required"]],
                ], namespace: nil)
            // What was signed before still runs, by the name that it was given then.
            for (name, release) in [("old", first), ("new", second)] {
                let image = try ValueDecoder().decode(
                    ReleaseSpec.self, from: try #require(release["spec"])
                ).image
                let pod: Value = [
                    "apiVersion": "v1", "kind": "Pod", "metadata": ["name": .string(name)],
                    "spec": [
                        "restartPolicy": "Never",
                        "containers": [
                            [
                                "name": "main", "image": .string(image.pinned),
                                "command": ["/bin/bash", "-c", "echo it runs"],
                            ]
                        ],
                    ],
                ]
                try await client.create(.pods, pod, namespace: "prod")
                _ = try await client.wait(for: .pods, name, in: "prod") {
                    $0["status", "phase"]?.stringValue == "Succeeded"
                }
            }
        }
        #expect(try await installation.process.run("down", "--data", "data").code == 0)
        #expect(try installation.ended() == 0)
    }

    /// With a developer and an approver.
    private static func installation() throws -> RunningInstallation {
        let installation = try RunningInstallation("tls: true\nprometheus: false\nusers: users.csv\n")
        try installation.process.write(
            """
            ada-token,ada,ada,"slipway:developers"
            bob-token,bob,bob,"slipway:approvers"

            """, to: "data/users.csv")
        return installation
    }

    private enum Merging { case byCommand, inPage }

    /// Ada pushes, Bob approves in a page, and it is merged.
    private static func release(
        _ number: Int, _ files: [String: String], _ ada: ClientGit, _ installation: RunningInstallation,
        merges: Merging
    ) async throws -> Value {
        let web = "https://127.0.0.1:\(try installation.port("web"))"
        let head = try await ada.commit("Change \(number)", files)
        try await ada(
            "push", "--quiet",
            web.replacing("https://", with: "https://ada:ada-token@") + "/slipway/shop.git",
            "HEAD:refs/for/main")
        let pull = "shop-\(number)"
        try await PagesVisitor.with(
            web, authority: "\(installation.data)/keys/ca.crt", token: "bob-token"
        ) { bob in
            try await bob.submit(
                "/pulls/\(pull)/review", from: "/pulls/\(pull)",
                ["state": "Approved", "head": head, "body": "good"])
            #expect(try await bob.page("/pulls/\(pull)").contains("<strong>bob</strong>"))
            guard merges == .inPage else { return }
            try await bob.submit(
                "/pulls/\(pull)/merge", from: "/pulls/\(pull)", ["action": "merge", "head": head])
        }
        if merges == .byCommand {
            let merge = try await installation.process.run(
                "pr", "merge", pull, "--kubeconfig", "\(installation.data)/kubeconfig")
            #expect(merge.code == 0, "\(merge)")
        }
        return try await installation.withClient { client in
            let merged = try await client.wait(for: .pullRequests, pull, in: "slipway") {
                $0["status", "phase"]?.stringValue == "Merged" || $0["status", "evictedHead"] != nil
            }
            let commit = try #require(merged["status", "mergeCommit"]?.stringValue, "\(merged)")
            return try await client.wait(
                for: .releases, "shop-\(commit.prefix(12))", in: "slipway"
            ) { _ in true }
        }
    }
}
