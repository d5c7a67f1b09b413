import Manifest

extension RegistryClient {
    /// The tags of a repository, in the registry's order.
    ///
    /// - Throws: ``OCIError``, with code `notFound` for an unknown repository.
    public func tags(in reference: Reference) async throws -> [String] {
        var tags: [String] = []
        try await pages(request("GET", reference, "tags/list?n=1000", .pull, "listing the tags of")) {
            page, _ throws(OCIError) in
            tags += try page.strings("tags")
        }
        return tags
    }

    /// The manifests that name a manifest as their subject: signatures, attestations and others.
    ///
    /// Asks the referrers API, and where a registry has none reads the list that clients keep for it under a tag.
    ///
    /// - Parameter artifactType: only those of this kind; nil for all.
    public func referrers(
        of digest: Digest, in reference: Reference, artifactType: String? = nil
    ) async throws -> [Descriptor] {
        var request = request("GET", reference, "referrers/\(digest)", .pull, "listing the referrers in")
        request.headers = [("accept", MediaType.imageIndex.rawValue)]
        if let artifactType { request.url = request.url.adding("artifactType", artifactType) }
        var found: [Descriptor] = []
        do {
            try await pages(request) { page, _ throws(OCIError) in
                for part in try page.list("manifests") { found.append(try Descriptor(part)) }
            }
        } catch let error as OCIError where error.code == .notFound {
            let list = try await manifestIfPresent(try reference.with(tag: Self.fallbackTag(of: digest)))
            guard case .index(let index) = list?.content else { return [] }
            found = index.manifests
        }
        // A registry need not filter, and one without the API cannot.
        return artifactType.map { type in found.filter { $0.artifactType == type } } ?? found
    }

    /// The tag under which clients keep the referrers of a manifest where the registry does not.
    ///
    /// Distribution specification 1.1, "Referrers tag schema".
    static func fallbackTag(of digest: Digest) -> String {
        "\(digest.algorithm.rawValue)-\(digest.hex.prefix(64))"
    }

    /// Adds a manifest to the list of referrers that is kept under a tag.
    func addToFallbackList(
        _ descriptor: Descriptor, of subject: Digest, in reference: Reference
    ) async throws {
        let tag = try reference.with(tag: Self.fallbackTag(of: subject))
        try await updateTag(tag) { present in
            var index = ImageIndex(manifests: [])
            if case .index(let list) = present?.content { index = list }
            if index.manifests.contains(where: { $0.digest == descriptor.digest }) { return nil }
            index.manifests.append(descriptor)
            return ManifestDocument(index)
        }
    }

    /// Reads a list page by page.
    private func pages(
        _ first: RegistryRequest,
        _ body: (DocumentFields, RegistryResponse) throws(OCIError) -> Void
    ) async throws {
        var request = first
        for _ in 0..<10_000 {
            let response = try await send(request)
            guard response.status == 200 else { throw try await failure(response, request.what) }
            let bytes = try await response.collect(limit: ManifestDocument.largestSize, request.what)
            do throws(OCIError) {
                try body(try DocumentFields(parsing: bytes, as: "registry's list"), response)
            } catch {
                throw OCIError(error.code, "\(request.what): \(error.message)", cause: error.cause)
            }
            guard let link = response.header("link").flatMap(Self.nextPage) else { return }
            guard let next = request.url.resolving(link), next.hasSameOrigin(as: first.url),
                next != request.url
            else {
                throw OCIError(
                    .registry, "\(request.what): the next page is said to be at '\(link.onOneLine)'")
            }
            request.url = next
        }
        throw OCIError(.limitExceeded, "\(first.what): the list does not end")
    }

    /// The address in a header `<…>; rel="next"`.
    static func nextPage(_ header: String) -> String? {
        for part in header.split(separator: ",") {
            guard let start = part.firstIndex(of: "<"), let end = part.firstIndex(of: ">"), start < end else {
                continue
            }
            let relation = part[end...].replacing(" ", with: "").replacing("\"", with: "").lowercased()
            if relation.contains(";rel=next") { return String(part[part.index(after: start)..<end]) }
        }
        return nil
    }
}
