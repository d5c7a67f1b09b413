import HTTPTypes
import Hummingbird
import NIOCore

extension RegistryService {
    func getManifest(_ repository: String, _ reference: String, _ request: Request) async throws -> Response {
        let storage = storage
        let found = try await onDisk { () throws -> (digest: Digest, type: MediaType, bytes: [UInt8])? in
            let digest =
                reference.contains(":")
                ? try Self.digest(reference) : try storage.digest(of: Self.tag(reference), in: repository)
            guard let digest, let type = try storage.mediaType(of: digest, in: repository) else { return nil }
            let bytes = try storage.content.readBlocking(digest, limit: ManifestDocument.largestSize)
            return (digest, type, bytes)
        }
        guard let found else {
            throw RegistryRefusal(
                404, .manifestUnknown, "the repository has no manifest '\(reference.onOneLine)'")
        }
        let fields = [
            ("Content-Type", found.type.rawValue), ("Docker-Content-Digest", found.digest.description),
            ("ETag", "\"\(found.digest)\""),
        ]
        if request.headers[.ifNoneMatch]?.contains(found.digest.description) == true {
            return Response(.notModified, fields)
        }
        if request.method == .head {
            return Response(.ok, fields + [("Content-Length", "\(found.bytes.count)")])
        }
        return Response(.ok, fields, found.bytes)
    }

    func putManifest(_ repository: String, _ reference: String, _ request: Request) async throws -> Response {
        let limit = ManifestDocument.largestSize
        let bytes: [UInt8]
        do {
            bytes = [UInt8](buffer: try await request.body.collect(upTo: limit))
        } catch {
            throw RegistryRefusal(413, .manifestInvalid, "a manifest has at most \(limit) bytes")
        }
        var tag: String?
        var expected: Digest?
        if reference.contains(":") {
            expected = try Self.digest(reference)
        } else {
            let name = try Self.tag(reference)
            do throws(OCIError) { try policy.tags.check(name) } catch {
                throw RegistryRefusal(400, .tagInvalid, error.message)
            }
            tag = name
        }
        let type = request.headers[.contentType].map {
            MediaType(String($0.prefix { $0 != ";" && $0 != " " }))
        }
        let document: ManifestDocument
        do throws(OCIError) {
            document = try ManifestDocument(bytes, mediaType: type, algorithm: expected?.algorithm ?? .sha256)
        } catch {
            throw RegistryRefusal(400, .manifestInvalid, error.description.onOneLine)
        }
        if let expected, expected != document.digest {
            throw RegistryRefusal(
                400, .digestInvalid, "the manifest has the digest \(document.digest), not \(expected)")
        }
        let condition = TagCondition(
            ifMatch: request.headers[.ifMatch], ifNoneMatch: request.headers[.ifNoneMatch])
        let (storage, policy, name) = (storage, policy, tag)
        try await onDisk {
            try Self.checkParts(of: document, in: repository, storage)
            if let name { try Self.checkTag(name, for: document.digest, in: repository, storage, policy) }
        }
        do throws(OCIError) { try await storage.content.write(bytes, expecting: document.digest) } catch {
            throw RegistryRefusal(500, .unknown, "the registry cannot use its disk")
        }
        try await onDisk {
            try storage.record(document, in: repository)
            guard let name else { return }
            let isImmutable = policy.isImmutable(name)
            switch try storage.tag(
                document.digest, as: name, in: repository, isImmutable: isImmutable, if: condition)
            {
            case .tagged: return
            case .taken(let present): throw Self.immutable(name, present, repository)
            case .outdated:
                throw RegistryRefusal(
                    412, .denied,
                    "the tag \(name) of \(repository) does not name what the condition says; read it again")
            }
        }
        var fields = [
            ("Location", "/v2/\(repository)/manifests/\(document.digest)"),
            ("Docker-Content-Digest", document.digest.description),
        ]
        if condition != nil { fields.append((RegistryClient.conditionHeader, "kept")) }
        if let subject = document.subject { fields.append(("OCI-Subject", subject.digest.description)) }
        return Response(.created, fields)
    }

    /// Everything a manifest lists must be there, as large as it says.
    private static func checkParts(
        of document: ManifestDocument, in repository: String, _ storage: RegistryStorage
    ) throws {
        switch document.content {
        case .image(let manifest):
            for blob in [manifest.configuration] + manifest.layers {
                // Layers that may not be given on are fetched from where the descriptor says.
                if !blob.urls.isEmpty,
                    blob.mediaType.rawValue.contains("nondistributable")
                        || blob.mediaType.rawValue.contains("foreign")
                {
                    continue
                }
                try check(blob, size: storage.blobSize(blob.digest, in: repository))
            }
        case .index(let index):
            for entry in index.manifests {
                guard try storage.mediaType(of: entry.digest, in: repository) != nil else {
                    throw RegistryRefusal(
                        400, .manifestBlobUnknown,
                        "the repository has no manifest \(entry.digest); push it first")
                }
                try check(entry, size: Disk.size(storage.content.path(of: entry.digest)))
            }
        }
    }

    private static func check(_ part: Descriptor, size: Int64?) throws(RegistryRefusal) {
        guard let size else {
            throw RegistryRefusal(
                400, .manifestBlobUnknown, "the repository has no blob \(part.digest); push it first")
        }
        guard size == part.size else {
            throw RegistryRefusal(
                400, .manifestInvalid,
                "the manifest says that \(part.digest) has \(part.size) bytes; it has \(size)")
        }
    }

    /// Refuses early, before anything is written; the tag itself is set so that two requests at once cannot both do it.
    private static func checkTag(
        _ tag: String, for digest: Digest, in repository: String, _ storage: RegistryStorage,
        _ policy: RegistryPolicy
    ) throws {
        guard policy.isImmutable(tag), let present = try storage.digest(of: tag, in: repository),
            present != digest
        else { return }
        throw immutable(tag, present, repository)
    }

    private static func immutable(_ tag: String, _ present: Digest, _ repository: String) -> RegistryRefusal {
        RegistryRefusal(
            409, .denied,
            "the tag \(tag) of \(repository) names \(present) and never changes; push under the SHA of a new commit, or "
                + "use \(present)")
    }

    func deleteManifest(_ repository: String, _ reference: String) async throws -> Response {
        let storage = storage
        let isFound = try await onDisk { () throws -> Bool in
            guard reference.contains(":") else {
                return try storage.untag(try Self.tag(reference), in: repository)
            }
            let digest = try Self.digest(reference)
            guard try storage.mediaType(of: digest, in: repository) != nil else { return false }
            let bytes = try? storage.content.readBlocking(digest, limit: ManifestDocument.largestSize)
            let document = bytes.flatMap { try? ManifestDocument($0, algorithm: digest.algorithm) }
            return try storage.forget(digest, subject: document?.subject?.digest, in: repository)
        }
        guard isFound else {
            throw RegistryRefusal(
                404, .manifestUnknown, "the repository has no manifest '\(reference.onOneLine)'")
        }
        return Response(.accepted, [])
    }

    static func tag(_ text: String) throws(RegistryRefusal) -> String {
        guard ReferenceGrammar.isTag(text) else {
            throw RegistryRefusal(400, .tagInvalid, "'\(text.onOneLine)' is no tag")
        }
        return text
    }
}
