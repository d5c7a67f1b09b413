import HTTPTypes
import Hummingbird
import NIOCore

extension RegistryService {
    func getBlob(_ repository: String, _ text: String, _ request: Request) async throws -> Response {
        let digest = try Self.digest(text)
        let storage = storage
        guard let size = try await onDisk({ storage.blobSize(digest, in: repository) }) else {
            throw Self.unknownBlob(digest)
        }
        let fields = [
            ("Content-Type", MediaType.octetStream.rawValue), ("Docker-Content-Digest", digest.description),
            ("ETag", "\"\(digest)\""), ("Accept-Ranges", "bytes"),
            // What a digest names never changes.
            ("Cache-Control", "max-age=31536000, immutable"),
        ]
        if request.headers[.ifNoneMatch]?.contains(digest.description) == true {
            return Response(.notModified, fields)
        }
        if request.method == .head {
            return Response(.ok, fields + [("Content-Length", "\(size)")])
        }
        switch ByteRange.asked(request.headers[.range], size: size) {
        case .whole: return try await stream(digest, 0..<size, .ok, fields)
        case .part(let range):
            let place = ("Content-Range", "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(size)")
            return try await stream(digest, range, .partialContent, fields + [place])
        case .unsatisfiable:
            throw RegistryRefusal(
                416, .rangeInvalid, "the blob has \(size) bytes",
                headers: [("Content-Range", "bytes */\(size)")])
        }
    }

    private func stream(
        _ digest: Digest, _ range: Range<Int64>, _ status: HTTPResponse.Status,
        _ fields: [(name: String, value: String)]
    ) async throws -> Response {
        let reader: BlobReader
        do throws(OCIError) { reader = try await storage.content.reader(of: digest, range: range) } catch {
            throw Self.unknownBlob(digest)
        }
        var response = Response(status, fields)
        response.body = ResponseBody(contentLength: range.count) { writer in
            for try await chunk in reader { try await writer.write(chunk) }
            try await writer.finish(nil)
        }
        return response
    }

    func deleteBlob(_ repository: String, _ text: String) async throws -> Response {
        let digest = try Self.digest(text)
        let storage = storage
        guard try await onDisk({ try storage.unlink(digest, in: repository) }) else {
            throw Self.unknownBlob(digest)
        }
        return Response(.accepted, [])
    }

    static func unknownBlob(_ digest: Digest) -> RegistryRefusal {
        RegistryRefusal(404, .blobUnknown, "the repository has no blob \(digest)")
    }

    func created(blob digest: Digest, in repository: String) -> Response {
        Response(
            .created,
            [
                ("Location", "/v2/\(repository)/blobs/\(digest)"),
                ("Docker-Content-Digest", digest.description),
            ])
    }
}
