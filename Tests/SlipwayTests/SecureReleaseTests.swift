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
          test:
            steps:
              unit:
                run: "echo '<testsuite><testcase name=\"a\"/></testsuite>' >a.xml"
                reports: [{ junit: a.xml }]
          security:
            steps:
              sast:
                run: "echo '{\"runs\":[{\"tool\":{\"driver\":{\"name\":\"t\"}},\"results\":[]}]}' >a.sarif"
                reports: [{ sarif: a.sarif }]
              sca:
                run: "echo '{\"matches\":[],\"descriptor\":{\"db\":{}}}' >a.json"
                reports: [{ grype: a.json }]
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
        let installation = try RunningInstallation("tls: true\nprometheus: false\n")
        try installation.process.write(
            """
            ada-token,ada,ada,"slipway:developers"
            bob-token,bob,bob,"slipway:approvers"

            """, to: "data/users.csv")
        try installation.process.write(
            try installation.process.read("data/config.yaml") + "users: users.csv\n", to: "data/config.yaml")
        try await installation.start()
        let (data, process) = (installation.data, installation.process)
        let (authority, kubeconfig) = ("\(data)/keys/ca.crt", "\(data)/kubeconfig")
        let clone = try await installation.withClient { client in
            try await client.create(
                .repositories,
                [
                    "apiVersion": "slipway.dev/v1alpha1", "kind": "Repository", "metadata": ["name": "shop"],
                    "spec": ["requiredApprovals": 1],
                ], namespace: "slipway")
            return try await installation.cloneURL(client)
        }
        let ada = try ClientGit(
            process.directory.appending(path: "work").path, environment: ["GIT_SSL_CAINFO": authority])
        try await ada("init", "--quiet", "-b", "main")
        let head = try await ada.commit("Begin", [".slipway/pipeline.yaml": Self.pipeline])
        try await ada(
            "push", "--quiet", clone.replacing("https://", with: "https://ada:ada-token@"),
            "HEAD:refs/for/main")

        let web = "https://127.0.0.1:\(try installation.port("web"))"
        try await PagesVisitor.with(web, authority: authority, token: "bob-token") { bob in
            try await bob.submit(
                "/pulls/shop-1/review", from: "/pulls/shop-1",
                ["state": "Approved", "head": head, "body": "good"])
            #expect(try await bob.page("/pulls/shop-1").contains("bob"))
        }
        let merge = try await process.run("pr", "merge", "shop-1", "--kubeconfig", kubeconfig)
        #expect(merge.code == 0, "\(merge)")

        try await installation.withClient { client in
            let pull = try await client.wait(for: .pullRequests, "shop-1", in: "slipway") {
                $0["status", "phase"]?.stringValue == "Merged" || $0["status", "evictedHead"] != nil
            }
            let commit = try #require(pull["status", "mergeCommit"]?.stringValue, "\(pull)")
            let release = try await client.wait(
                for: .releases, "shop-\(commit.prefix(12))", in: "slipway"
            ) { _ in true }
            #expect(release["spec", "signature", "issuer"]?.stringValue == web)
            #expect(
                release["spec", "signature", "identity"]?.stringValue
                    == "\(web)/slipway/shop/.slipway/pipeline.yaml@candidate")
        }
        let logs = try await process.run(
            "ci", "logs", "shop-c1-0", "--server", "--step", "lint.layout", "--kubeconfig", kubeconfig)
        #expect(logs.code == 0 && logs.output == "fine\n", "\(logs)")
        #expect(try await process.run("down", "--data", "data").code == 0)
        #expect(try installation.ended() == 0)
    }
}
