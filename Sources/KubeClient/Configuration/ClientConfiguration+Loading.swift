extension ClientConfiguration {
    /// Finds out how to reach the API server as kubectl does.
    ///
    /// The kubeconfig of the overrides or of the environment counts; where there is none and the process runs
    /// in a pod, the pod's service account does.
    /// - Parameters:
    ///   - environment: the environment variables; `KUBECONFIG`, `HOME` and `KUBERNETES_SERVICE_…` are used.
    ///   - overrides: what a command line changes.
    /// - Throws: ``KubeClientError`` with code `configuration` or `unsupported`.
    public static func load(
        environment: [String: String], overrides: Overrides = Overrides(), files: FileReader = .system
    ) async throws -> ClientConfiguration {
        var configuration: ClientConfiguration
        if let path = overrides.kubeconfig {
            let bytes = try await files.required(path, for: "the kubeconfig")
            configuration = try await Kubeconfig(bytes, path: path).resolve(overrides, files: files)
        } else if let kubeconfig = try await Kubeconfig.load(environment: environment, files: files) {
            configuration = try await kubeconfig.resolve(overrides, files: files)
        } else if environment["KUBERNETES_SERVICE_HOST"] != nil {
            configuration = try await inCluster(environment: environment, files: files)
        } else if let server = overrides.server {
            configuration = ClientConfiguration(server: try ServerAddress(server))
        } else {
            throw KubeClientError(
                .configuration,
                "no API server is configured; set KUBECONFIG, write ~/.kube/config, or run in a pod")
        }
        if let server = overrides.server { configuration.server = try ServerAddress(server) }
        if let token = overrides.token { configuration.credential = .token(token) }
        if let namespace = overrides.namespace { configuration.namespace = namespace }
        return configuration
    }

    private static let serviceAccount = "/var/run/secrets/kubernetes.io/serviceaccount/"

    /// The configuration of a process in a pod: the address from its environment, the rest from the files of
    /// its service account.
    ///
    /// - Throws: ``KubeClientError`` with code `configuration` outside of a pod.
    public static func inCluster(
        environment: [String: String], files: FileReader = .system
    ) async throws -> ClientConfiguration {
        guard let host = environment["KUBERNETES_SERVICE_HOST"], !host.isEmpty,
            let port = environment["KUBERNETES_SERVICE_PORT"].flatMap({ Int($0) })
        else {
            throw KubeClientError(
                .configuration,
                "this process runs in no pod: KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not set"
            )
        }
        var configuration = ClientConfiguration(
            server: ServerAddress(isSecure: true, host: host, port: port))
        let token = serviceAccount + "token"
        _ = try await files.required(token, for: "the service account's token")
        configuration.credential = .tokenFile(path: token)
        configuration.tls.authority = try await files.required(
            serviceAccount + "ca.crt", for: "the cluster's certificate authority")
        if let namespace = try await files.contents(serviceAccount + "namespace") {
            configuration.namespace = FileReader.word(namespace)
        }
        return configuration
    }
}
