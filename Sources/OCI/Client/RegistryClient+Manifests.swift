extension RegistryClient {
    /// What a tag or digest names, without its content.
    ///
    /// - Throws: ``OCIError``, with code `notFound` where there is no such manifest.
    public func resolve(_ reference: Reference) async throws -> Descriptor {
        let identifier = try Self.identifier(reference)
        var request = request(
            "HEAD", reference, "manifests/\(identifier)", .pull, "looking up \(identifier) in")
        request.headers = Self.acceptManifests
        let response = try await send(request)
        await response.discard()
        guard response.status == 200 else {
            throw RegistryFailure(status: response.status, body: []).error(request.what)
        }
        // The digest is optional in an answer, and only the content proves it.
        guard let text = response.header("docker-content-digest"),
            let size = response.header("content-length").flatMap({ Int64($0) }), size >= 0,
            let type = response.header("content-type")
        else { return try await manifest(reference).descriptor }
        let digest = try Digest(parsing: text)
        if let asked = reference.digest, asked.algorithm == digest.algorithm, asked != digest {
            throw OCIError(.digestMismatch, "\(request.what): the registry answers with \(digest)")
        }
        return Descriptor(
            mediaType: MediaType(Self.mediaType(type)), digest: reference.digest ?? digest, size: size)
    }

    /// The manifest a reference names, checked against its digest.
    ///
    /// - Throws: ``OCIError``, with code `notFound` where there is no such manifest, `limitExceeded` for one of more
    ///   than 4 MiB, `digestMismatch` for content of another digest.
    public func manifest(_ reference: Reference) async throws -> ManifestDocument {
        let identifier = try Self.identifier(reference)
        var request = request(
            "GET", reference, "manifests/\(identifier)", .pull, "fetching \(identifier) from")
        request.headers = Self.acceptManifests
        let response = try await send(request)
        guard response.status == 200 else { throw try await failure(response, request.what) }
        let bytes = try await response.collect(limit: ManifestDocument.largestSize, request.what)
        let type = response.header("content-type").map { MediaType(Self.mediaType($0)) }
        let document: ManifestDocument
        do throws(OCIError) {
            document = try ManifestDocument(
                bytes, mediaType: type, algorithm: reference.digest?.algorithm ?? .sha256)
        } catch {
            throw OCIError(error.code, "\(request.what): \(error.message)", cause: error.cause)
        }
        if let asked = reference.digest, asked != document.digest {
            throw OCIError(
                .digestMismatch,
                "\(request.what): the registry sent content with the digest \(document.digest)")
        }
        if reference.digest == nil, let stated = response.header("docker-content-digest"),
            let digest = try? Digest(parsing: stated), digest.algorithm == document.digest.algorithm,
            digest != document.digest
        {
            throw OCIError(
                .digestMismatch,
                "\(request.what): the registry says \(digest) and sent content with the digest \(document.digest)"
            )
        }
        return document
    }

    /// The manifest a reference names, nil where there is none.
    public func manifestIfPresent(_ reference: Reference) async throws -> ManifestDocument? {
        do {
            return try await manifest(reference)
        } catch let error as OCIError where error.code == .notFound {
            return nil
        }
    }

    /// Stores a manifest under a tag, or under its digest where the reference has none.
    ///
    /// What it lists must be in the repository before. A manifest with a subject becomes a referrer of it; for registries
    /// that keep no lists of referrers, the list is kept here under the tag the specification names.
    ///
    /// - Throws: ``OCIError``, with code `tagExists` where the registry does not let the tag move.
    public func putManifest(_ document: ManifestDocument, to reference: Reference) async throws {
        try await putManifest(document, to: reference, if: nil)
    }

    /// Stores a manifest, under a tag only where a condition holds.
    ///
    /// - Returns: whether the registry is known to have kept the condition; others ignore it.
    /// - Throws: ``OCIError``, with code `conflict` where the condition does not hold.
    @discardableResult
    func putManifest(
        _ document: ManifestDocument, to reference: Reference, if condition: TagCondition?
    ) async throws -> Bool {
        let identifier = reference.tag ?? document.digest.description
        if let digest = reference.digest, digest != document.digest {
            throw OCIError(
                .digestMismatch, "a manifest with the digest \(document.digest) cannot be stored as \(digest)"
            )
        }
        var request = request("PUT", reference, "manifests/\(identifier)", .push, "storing \(identifier) in")
        request.headers = [("content-type", document.mediaType.rawValue)]
        if let condition { request.headers.append(condition.header) }
        request.body = .bytes(document.bytes)
        let response = try await send(request)
        guard response.status == 201 || response.status == 200 || response.status == 202 else {
            throw try await failure(response, request.what)
        }
        await response.discard()
        if let text = response.header("docker-content-digest"), let digest = try? Digest(parsing: text),
            digest.algorithm == document.digest.algorithm, digest != document.digest
        {
            throw OCIError(
                .digestMismatch,
                "\(request.what): the registry stored \(digest) where \(document.digest) was sent")
        }
        if let subject = document.subject, response.header("oci-subject") == nil {
            try await addToFallbackList(document.referrerDescriptor, of: subject.digest, in: reference)
        }
        return response.header(Self.conditionHeader) != nil
    }

    /// How the embedded registry says that it has kept a condition.
    static let conditionHeader = "slipway-condition"

    /// Deletes a manifest by digest, or only a tag where the reference has no digest.
    ///
    /// - Throws: ``OCIError``, with code `notFound` where there is nothing to delete.
    public func deleteManifest(_ reference: Reference) async throws {
        let identifier = try Self.identifier(reference)
        try await delete(
            request("DELETE", reference, "manifests/\(identifier)", .delete, "deleting \(identifier) from"))
    }

    /// Deletes a blob.
    ///
    /// - Throws: ``OCIError``, with code `notFound` where there is nothing to delete.
    public func deleteBlob(_ digest: Digest, in reference: Reference) async throws {
        try await delete(request("DELETE", reference, "blobs/\(digest)", .delete, "deleting \(digest) from"))
    }

    private func delete(_ request: RegistryRequest) async throws {
        let response = try await send(request)
        guard response.status == 202 || response.status == 200 || response.status == 204 else {
            throw try await failure(response, request.what)
        }
        await response.discard()
    }

    private static let acceptManifests: [(name: String, value: String)] = MediaType.manifests.map {
        ("accept", $0.rawValue)
    }

    private static func identifier(_ reference: Reference) throws(OCIError) -> String {
        guard let identifier = reference.identifier else {
            throw OCIError(
                .invalidReference, "'\(reference)' has no tag and no digest; add :TAG or @sha256:…")
        }
        return identifier
    }

    /// A media type without its parameters.
    private static func mediaType(_ header: String) -> String {
        String(header.prefix { $0 != ";" && $0 != " " })
    }
}
