import Testing

@testable import KubeClient

@Suite struct KubeconfigTests {
    private static let main = """
        apiVersion: v1
        kind: Config
        current-context: dev
        clusters:
        - name: dev
          cluster:
            server: https://dev.example:6443/base/
            certificate-authority: ca.pem
            tls-server-name: kubernetes
        - name: bare
          cluster: {server: "http://127.0.0.1:8001"}
        - name: proxied
          cluster: {server: "https://p:1", proxy-url: "http://proxy:3128"}
        - name: torn
          cluster: {server: "https://t:1", insecure-skip-tls-verify: true, certificate-authority: ca.pem}
        contexts:
        - name: dev
          context: {cluster: dev, user: alice, namespace: shop}
        - name: bare
          context: {cluster: bare, user: token}
        - name: proxied
          context: {cluster: proxied}
        - name: torn
          context: {cluster: torn}
        - name: plugin
          context: {cluster: bare, user: plugin}
        - name: old
          context: {cluster: bare, user: old}
        - name: half
          context: {cluster: bare, user: half}
        - name: nowhere
          context: {cluster: none}
        - name: file
          context: {cluster: bare, user: file}
        users:
        - name: alice
          user: {client-certificate-data: Q0VSVA==, client-key: keys/alice.pem, as: bob, as-groups: [dev]}
        - name: token
          user: {token: abc}
        - name: file
          user: {token: ignored, tokenFile: token}
        - name: plugin
          user: {exec: {apiVersion: client.authentication.k8s.io/v1, command: aws-iam-authenticator}}
        - name: old
          user: {auth-provider: {name: gcp}}
        - name: half
          user: {client-certificate-data: Q0VSVA==}
        """

    private static let files: [String: String] = [
        "/home/me/.kube/config": main, "/home/me/.kube/ca.pem": "CA", "/home/me/.kube/keys/alice.pem": "KEY",
        "/a": "current-context: other\nclusters:\n- name: dev\n  cluster: {server: 'https://first:1'}\n",
        "/b": "current-context: dev\nusers:\n- name: u\n  user: {username: me, password: secret}\n"
            + "contexts:\n- name: other\n  context: {cluster: dev, user: u}\n",
        "/broken": "clusters: [",
        "/var/run/secrets/kubernetes.io/serviceaccount/token": "t0ken\n",
        "/var/run/secrets/kubernetes.io/serviceaccount/ca.crt": "CA",
        "/var/run/secrets/kubernetes.io/serviceaccount/namespace": "jobs",
    ]

    private func load(
        _ environment: [String: String] = ["HOME": "/home/me"],
        _ change: (inout ClientConfiguration.Overrides) -> Void = { _ in }
    ) async throws -> ClientConfiguration {
        var overrides = ClientConfiguration.Overrides()
        change(&overrides)
        let reader = FileReader { path in Self.files[path].map { [UInt8]($0.utf8) } }
        return try await ClientConfiguration.load(
            environment: environment, overrides: overrides, files: reader)
    }

    @Test func `the current context pairs a cluster with a user`() async throws {
        let configuration = try await load()
        #expect(
            configuration.server
                == ServerAddress(
                    isSecure: true, host: "dev.example", port: 6443, pathPrefix: "/base"))
        #expect(configuration.namespace == "shop")
        #expect(configuration.tls.authority == Array("CA".utf8))
        #expect(configuration.tls.serverName == "kubernetes")
        #expect(
            configuration.tls.identity
                == .init(
                    certificates: Array("CERT".utf8), key: Array("KEY".utf8)))
        #expect(configuration.impersonation == .init(user: "bob", groups: ["dev"]))
        #expect(configuration.credential == .none)
    }

    @Test func `a command line wins over the file`() async throws {
        let configuration = try await load { overrides in
            overrides.context = "bare"
            overrides.namespace = "mine"
            overrides.server = "https://[::1]:6443"
        }
        #expect(configuration.server.description == "https://[::1]:6443")
        #expect(configuration.server.host == "::1")
        #expect(configuration.namespace == "mine")
        #expect(configuration.credential == .token("abc"))
    }

    @Test func `of several files the first to name a thing wins and missing ones are passed over`()
        async throws
    {
        let configuration = try await load(["KUBECONFIG": "/missing:/a:/b", "HOME": "/home/me"])
        #expect(configuration.server.description == "https://first:1")
        #expect(configuration.credential == .basic(username: "me", password: "secret"))
    }

    @Test func `a token file wins over a token`() async throws {
        let configuration = try await load { $0.context = "file" }
        #expect(configuration.credential == .tokenFile(path: "/home/me/.kube/token"))
    }

    @Test func `a pod uses its service account`() async throws {
        let configuration = try await load([
            "KUBERNETES_SERVICE_HOST": "10.0.0.1", "KUBERNETES_SERVICE_PORT": "443",
        ])
        #expect(configuration.server.description == "https://10.0.0.1:443")
        #expect(configuration.namespace == "jobs")
        #expect(
            configuration.credential
                == .tokenFile(
                    path: "/var/run/secrets/kubernetes.io/serviceaccount/token"))
    }

    @Test(arguments: [
        ("proxied", "cluster \"proxied\" sets proxy-url, which is not supported; reach https://p:1 directly"),
        (
            "torn",
            "cluster \"torn\" has a certificate authority and insecure-skip-tls-verify; remove one of them"
        ),
        (
            "plugin",
            "user \"plugin\" gets credentials from the program \"aws-iam-authenticator\", which is not run; "
                + "use a token file, a token or a client certificate"
        ),
        (
            "old",
            "user \"old\" uses the auth provider \"gcp\", which is not supported; "
                + "use a token file, a token or a client certificate"
        ),
        ("half", "user \"half\" has a client certificate without a key"),
        ("nowhere", "the kubeconfig has no cluster \"none\""),
        (
            "lost",
            "the kubeconfig has no context \"lost\"; it has bare, dev, file, half, nowhere, old, plugin, "
                + "proxied, torn"
        ),
    ])
    func `what cannot work is refused by name`(context: String, message: String) async throws {
        let error = await #expect(throws: KubeClientError.self) { try await load { $0.context = context } }
        #expect(error?.message == message)
    }

    @Test func `a broken file is named`() async throws {
        let error = await #expect(throws: KubeClientError.self) { try await load(["KUBECONFIG": "/broken"]) }
        #expect(error?.code == .configuration)
        #expect(error?.message == "cannot read the kubeconfig /broken")
    }

    @Test func `without any configuration the ways to give one are told`() async throws {
        let error = await #expect(throws: KubeClientError.self) { try await load([:]) }
        #expect(error?.message.contains("set KUBECONFIG") == true)
    }

    @Test func `a user in the address serves where nothing else is set`() throws {
        var configuration = ClientConfiguration(
            server: try ServerAddress("http://ada:s%3Acret@127.0.0.1:6443"))
        #expect(configuration.effectiveCredential == .basic(username: "ada", password: "s:cret"))
        #expect(configuration.server.description == "http://127.0.0.1:6443")
        configuration.credential = .token("t")
        #expect(configuration.effectiveCredential == .token("t"))
    }

    @Test(arguments: ["", "ftp://x", "https://", "https://h?q=1"])
    func `an address that leads nowhere is refused`(text: String) {
        #expect(throws: KubeClientError.self) { try ServerAddress(text) }
    }
}
