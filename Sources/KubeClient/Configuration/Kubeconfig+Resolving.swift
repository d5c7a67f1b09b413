import FoundationEssentials

extension Kubeconfig {
    /// What the current context, or the one the overrides name, comes down to.
    ///
    /// - Throws: ``KubeClientError`` with code `configuration`, or `unsupported` for credential plugins and
    ///   proxies.
    public func resolve(
        _ overrides: ClientConfiguration.Overrides = .init(), files: FileReader = .system
    ) async throws -> ClientConfiguration {
        let context = try context(overrides)
        let (clusterName, cluster) = try cluster(context, overrides)
        guard let server = overrides.server ?? cluster.server, !server.isEmpty else {
            throw KubeClientError(
                .configuration, "cluster \"\(clusterName)\" of the kubeconfig has no server")
        }
        var configuration = ClientConfiguration(server: try ServerAddress(server))
        if let namespace = context.namespace, !namespace.isEmpty { configuration.namespace = namespace }
        try await apply(cluster, named: clusterName, to: &configuration, files: files)
        if let name = overrides.user ?? context.user, !name.isEmpty {
            guard let user = users[name] else {
                throw KubeClientError(.configuration, "the kubeconfig has no user \"\(name)\"")
            }
            try await apply(user, named: name, to: &configuration, files: files)
        }
        return configuration
    }

    private func context(_ overrides: ClientConfiguration.Overrides) throws -> Context {
        let name = overrides.context ?? currentContext
        if let context = contexts[name] { return context }
        guard name.isEmpty else {
            throw KubeClientError(
                .configuration,
                "the kubeconfig has no context \"\(name)\"; it has \(contexts.keys.sorted().joined(separator: ", "))"
            )
        }
        // Without a current context kubectl takes what stands alone.
        return Context(cluster: clusters.count == 1 ? clusters.keys.first : nil)
    }

    private func cluster(
        _ context: Context, _ overrides: ClientConfiguration.Overrides
    ) throws -> (name: String, cluster: Cluster) {
        guard let name = overrides.cluster ?? context.cluster, !name.isEmpty else {
            if let server = overrides.server { return (server, Cluster(server: server)) }
            throw KubeClientError(
                .configuration, "the kubeconfig has no current context; name one or set current-context")
        }
        guard let cluster = clusters[name] else {
            throw KubeClientError(.configuration, "the kubeconfig has no cluster \"\(name)\"")
        }
        return (name, cluster)
    }

    private func apply(
        _ cluster: Cluster, named name: String, to configuration: inout ClientConfiguration, files: FileReader
    ) async throws {
        if let proxy = cluster.proxyURL, !proxy.isEmpty {
            throw KubeClientError(
                .unsupported,
                "cluster \"\(name)\" sets proxy-url, which is not supported; reach \(configuration.server) directly"
            )
        }
        configuration.tls.skipsVerification = cluster.insecureSkipTLSVerify ?? false
        configuration.tls.serverName = cluster.tlsServerName.flatMap { $0.isEmpty ? nil : $0 }
        configuration.tls.authority = try await Self.content(
            data: cluster.certificateAuthorityData, path: cluster.certificateAuthority,
            of: "the certificate authority of cluster \"\(name)\"", files: files)
        if configuration.tls.skipsVerification, configuration.tls.authority != nil {
            throw KubeClientError(
                .configuration,
                "cluster \"\(name)\" has a certificate authority and insecure-skip-tls-verify; remove one of them"
            )
        }
    }

    private func apply(
        _ user: User, named name: String, to configuration: inout ClientConfiguration, files: FileReader
    ) async throws {
        if let plugin = user.exec {
            throw KubeClientError(
                .unsupported,
                "user \"\(name)\" gets credentials from the program \"\(plugin.command ?? "")\", which is not run; "
                    + "use a token file, a token or a client certificate")
        }
        if let provider = user.authProvider {
            throw KubeClientError(
                .unsupported,
                "user \"\(name)\" uses the auth provider \"\(provider.name ?? "")\", which is not supported; "
                    + "use a token file, a token or a client certificate")
        }
        configuration.tls.identity = try await identity(user, named: name, files: files)
        if let path = user.tokenFile, !path.isEmpty {
            configuration.credential = .tokenFile(path: path)
        } else if let token = user.token, !token.isEmpty {
            configuration.credential = .token(token)
        } else if let username = user.username, !username.isEmpty {
            configuration.credential = .basic(username: username, password: user.password ?? "")
        }
        if let impersonated = user.impersonate, !impersonated.isEmpty {
            configuration.impersonation = ClientConfiguration.Impersonation(
                user: impersonated, uid: user.impersonateUID, groups: user.impersonateGroups ?? [],
                extra: user.impersonateExtra ?? [:])
        }
    }

    private func identity(
        _ user: User, named name: String, files: FileReader
    ) async throws -> ClientConfiguration.TLSSettings.Identity? {
        let certificates = try await Self.content(
            data: user.clientCertificateData, path: user.clientCertificate,
            of: "the client certificate of user \"\(name)\"", files: files)
        let key = try await Self.content(
            data: user.clientKeyData, path: user.clientKey, of: "the client key of user \"\(name)\"",
            files: files)
        switch (certificates, key) {
        case (let certificates?, let key?): return .init(certificates: certificates, key: key)
        case (nil, nil): return nil
        case (_?, nil):
            throw KubeClientError(.configuration, "user \"\(name)\" has a client certificate without a key")
        case (nil, _?):
            throw KubeClientError(.configuration, "user \"\(name)\" has a client key without a certificate")
        }
    }

    /// The bytes given inline in base64 or, failing that, in a file.
    private static func content(
        data: String?, path: String?, of purpose: String, files: FileReader
    ) async throws -> [UInt8]? {
        if let data, !data.isEmpty {
            guard let bytes = Data(base64Encoded: data, options: .ignoreUnknownCharacters) else {
                throw KubeClientError(.configuration, "\(purpose) is no base64")
            }
            return [UInt8](bytes)
        }
        guard let path, !path.isEmpty else { return nil }
        return try await files.required(path, for: purpose)
    }
}
