import HTTPTypes
import Hummingbird
import Manifest

extension RegistryService {
    /// No page of a list is longer.
    private static let longestPage = 1_000

    func listTags(_ repository: String, _ query: RegistryQuery) async throws -> Response {
        let storage = storage
        let tags = try await onDisk { storage.hasRepository(repository) ? storage.tags(in: repository) : nil }
        guard let tags else {
            throw RegistryRefusal(404, .nameUnknown, "there is no repository '\(repository)'")
        }
        let (page, next) = try Self.page(tags, query)
        let body: Value = ["name": .string(repository), "tags": .array(page.map { .string($0) })]
        return list(body, next: next.map { "/v2/\(repository)/tags/list?\($0)" })
    }

    func listRepositories(_ query: RegistryQuery) async throws -> Response {
        let storage = storage
        let (page, next) = try Self.page(try await onDisk { storage.repositories() }, query)
        return list(
            ["repositories": .array(page.map { .string($0) })], next: next.map { "/v2/_catalog?\($0)" })
    }

    func listReferrers(_ repository: String, _ text: String, _ query: RegistryQuery) async throws -> Response
    {
        let digest = try Self.digest(text)
        let storage = storage
        var found = try await onDisk { try storage.referrers(of: digest, in: repository) }
        var fields: [(name: String, value: String)] = []
        if let type = query["artifactType"], !type.isEmpty {
            found = found.filter { $0.artifactType == type }
            fields.append(("OCI-Filters-Applied", "artifactType"))
        }
        if let last = query["last"] { found = found.filter { $0.digest.description > last } }
        var next: String?
        // A client reads no list of more than 4 MiB, and descriptors have annotations of any length.
        var (count, size) = (0, 0)
        for descriptor in found {
            size += JSON.write(descriptor.value).count + 1
            if count > 0, size > ManifestDocument.largestSize - 1_024 || count == Self.longestPage { break }
            count += 1
        }
        if count < found.count {
            next = "/v2/\(repository)/referrers/\(digest)?last=\(found[count - 1].digest)"
            if let type = query["artifactType"] { next? += "&artifactType=\(RegistryURL.encode(type))" }
        }
        fields.append(("Content-Type", MediaType.imageIndex.rawValue))
        let index = ImageIndex(manifests: Array(found.prefix(count)))
        return list(index.value, next: next, fields)
    }

    /// A part of a sorted list, and the query of the next part.
    private static func page(
        _ names: [String], _ query: RegistryQuery
    ) throws(RegistryRefusal) -> (names: [String], next: String?) {
        var limit = longestPage
        if let text = query["n"] {
            guard let number = Int(text), number >= 0 else {
                throw RegistryRefusal(400, .unsupported, "n must be a number, not '\(text.onOneLine)'")
            }
            limit = min(number, longestPage)
        }
        let rest =
            query["last"].map { last in names.filter { last.utf8.lexicographicallyPrecedes($0.utf8) } }
            ?? names
        let page = Array(rest.prefix(limit))
        guard let last = page.last, rest.count > page.count else { return (page, nil) }
        return (page, "n=\(limit)&last=\(RegistryURL.encode(last))")
    }

    private func list(
        _ body: Value, next: String?,
        _ fields: [(name: String, value: String)] = [("Content-Type", "application/json")]
    ) -> Response {
        let link = next.map { [(name: "Link", value: "<\($0)>; rel=\"next\"")] } ?? []
        return Response(.ok, fields + link, JSON.write(body))
    }
}
