/// Who a client says it is to a registry.
public enum RegistryCredential: Sendable, Hashable {
    case password(user: String, password: String)
    /// A token that a registry's token service exchanges for others.
    case refreshToken(String)
    /// A token that is sent to the registry as it is.
    case bearerToken(String)
}

extension RegistryCredential: CustomStringConvertible {
    /// The kind and the user; never a secret.
    public var description: String {
        switch self {
        case .password(let user, _): "password of \(user)"
        case .refreshToken: "refresh token"
        case .bearerToken: "bearer token"
        }
    }
}

/// A credential that may be the one for a repository.
public struct RegistryCandidate: Sendable, Hashable {
    /// What is shown to the registry.
    public let credential: RegistryCredential
    /// What messages call the file that has it.
    public let source: String

    /// A credential and where it comes from.
    public init(credential: RegistryCredential, source: String) {
        self.credential = credential
        self.source = source
    }
}

/// Finds the credential for a repository, nil for anonymous access.
public struct RegistryCredentials: Sendable {
    private let find:
        @Sendable (_ domain: String, _ repository: String) throws(OCIError) -> RegistryCredential?

    /// Asks a closure for each repository.
    public init(
        _ find:
            @escaping @Sendable (_ domain: String, _ repository: String) throws(OCIError)
            -> RegistryCredential?
    ) {
        self.find = find
    }

    /// Anonymous access everywhere.
    public static let none = RegistryCredentials { _, _ in nil }

    /// One credential for one registry.
    public static func single(_ credential: RegistryCredential, for domain: String) -> RegistryCredentials {
        RegistryCredentials { asked, _ in asked == domain ? credential : nil }
    }

    /// Those of docker's configuration files, the first file that has one.
    public static func docker(_ files: [DockerConfiguration]) -> RegistryCredentials {
        RegistryCredentials { domain, repository throws(OCIError) in
            for file in files {
                if let found = try file.credential(for: domain, repository: repository) { return found }
            }
            return nil
        }
    }

    /// - Throws: ``OCIError`` with code `configuration` where there is one that cannot be used.
    public func credential(for domain: String, repository: String) throws(OCIError) -> RegistryCredential? {
        try find(domain, repository)
    }
}
