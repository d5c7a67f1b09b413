import OCI

/// Finds out by which of several credentials a registry gives an image, as kubelet does with its keyring: one after
/// another, until one is accepted.
struct RegistryLogin: Sendable {
    /// What the pod's image pull secrets hold.
    let secrets: [DockerConfiguration]
    /// Those of the machine, tried after the pod's own.
    let machine: [DockerConfiguration]

    /// Tries to get an image, without credentials where there are none for its registry.
    ///
    /// - Parameter body: one try, with the credential for the registry.
    /// - Throws: what the last try has thrown, or ``ImageError`` that names the registry and what was tried.
    func attempt<Answer>(
        _ image: Reference, _ body: (RegistryCredentials) async throws -> Answer
    ) async throws -> Answer {
        let candidates = try DockerConfiguration.candidates(
            secrets + machine, for: image.domain, repository: image.repository)
        var refusals: [(source: String, error: OCIError)] = []
        for candidate in candidates {
            do {
                return try await body(.single(candidate.credential, for: image.domain))
            } catch let error as OCIError where error.isRefusal {
                refusals.append((candidate.source, error))
            }
        }
        if !refusals.isEmpty { throw Self.failure(image, refusals) }
        do {
            return try await body(.none)
        } catch let error as OCIError where error.isRefusal && !secrets.isEmpty {
            throw ImageError(
                .unavailable,
                "registry \(image.domain) was asked for \(image) without credentials, since there are none for it in"
                    + " \(secrets.map(\.path).joined(separator: ", ")): \(error)")
        }
    }

    private static func failure(
        _ image: Reference, _ refusals: [(source: String, error: OCIError)]
    ) -> ImageError {
        let tried = refusals.map { "\($0.source) (\($0.error))" }.joined(separator: ", ")
        return ImageError(
            .unavailable,
            "registry \(image.domain) gives \(image) to none of the credentials that were tried: \(tried)")
    }
}

extension OCIError {
    /// Whether somebody else might get another answer: registries also call absent what they do not show.
    fileprivate var isRefusal: Bool {
        [.unauthorized, .denied, .notFound, .rateLimited].contains(code)
    }
}
