import AsyncHTTPClient
import ClusterTestSupport
import Foundation
import KubeClient
import KubeModel
import Manifest
import NIOCore
import NIOHTTP1
import NIOSSL
import TestSupport
import Testing

/// The real program over HTTPS, asked by clients that trust its own authority and nobody else.
@Suite(.serialized)
struct SecureUpTests {
    @Test func `pages, git, API and registry are served with certificates of one authority`() async throws {
        let installation = try RunningInstallation("tls: true\nprometheus: false\n")
        try await installation.start()
        let authority = "\(installation.data)/keys/ca.crt"
        let kubeconfig = try String(contentsOfFile: "\(installation.data)/kubeconfig", encoding: .utf8)
        #expect(
            kubeconfig.contains("https://127.0.0.1:") && kubeconfig.contains("certificate-authority-data"))
        let clone = try await installation.withClient { client in
            try await client.create(
                .repositories,
                [
                    "apiVersion": "slipway.dev/v1alpha1", "kind": "Repository", "metadata": ["name": "shop"],
                    "spec": ["gates": "None"],
                ], namespace: "slipway")
            return try await installation.cloneURL(client)
        }
        #expect(clone.hasPrefix("https://127.0.0.1:"))

        // git with its own TLS library; without the authority it refuses.
        let token = try installation.token
        let url = clone.replacing("https://", with: "https://admin:\(token)@")
        let git = try ClientGit(
            installation.process.directory.appending(path: "work").path,
            environment: ["GIT_SSL_CAINFO": authority])
        try await git("init", "--quiet", "-b", "main")
        try await git.commit("Begin", ["README.md": "# shop\n"])
        try await git("push", "--quiet", url, "HEAD:refs/for/main", "-o", "auto-merge")
        try await installation.withClient { client in
            _ = try await client.wait(for: .pullRequests, "shop-1", in: "slipway") {
                $0["status", "phase"]?.stringValue == "Merged"
            }
        }
        let stranger = try ClientGit(installation.process.directory.appending(path: "stranger").path)
        try await stranger("init", "--quiet", "-b", "main")
        await #expect(throws: ClientGit.Failure.self) { try await stranger("fetch", "--quiet", url, "main") }

        var tls = TLSConfiguration.makeClientConfiguration()
        tls.trustRoots = .file(authority)
        let http = HTTPClient(
            eventLoopGroupProvider: .singleton, configuration: .init(tlsConfiguration: tls))
        do {
            for (part, path, text) in [("web", "/login", "token"), ("registry", "/v2/", "")] {
                let request = HTTPClientRequest(
                    url: "https://127.0.0.1:\(try installation.port(part))\(path)")
                let answer = try await http.execute(request, timeout: .seconds(60))
                #expect(answer.status == .ok, "\(part)")
                #expect(
                    String(buffer: try await answer.body.collect(upTo: 1 << 20)).contains(text)
                        || text.isEmpty)
                if part == "web" { #expect(answer.headers["content-security-policy"].count == 1) }
            }
            try await http.shutdown()
        } catch {
            try? await http.shutdown()
            throw error
        }
        #expect(try await installation.process.run("down", "--data", "data").code == 0)
        #expect(try installation.ended() == 0)
    }
}
