import HTTPTypes
import Hummingbird
import NIOCore

extension RegistryService {
    /// Begins an upload, takes a blob over from another repository, or takes a blob that comes in this one request.
    func beginUpload(_ repository: String, _ query: RegistryQuery, _ request: Request) async throws
        -> Response
    {
        if let text = query["mount"] {
            let digest = try Self.digest(text)
            if let source = query["from"], try await canMount(digest, from: source, request) {
                let storage = storage
                try await onDisk { try storage.link(digest, in: repository) }
                return created(blob: digest, in: repository)
            }
            return progress(try await uploads.begin(in: repository), .accepted)
        }
        guard let text = query["digest"] else {
            return progress(try await uploads.begin(in: repository), .accepted)
        }
        let digest = try Self.digest(text)
        let session = try await uploads.begin(in: repository)
        let writer = session.takeOver().writer
        do {
            try await receive(request, into: session, writer: writer, expecting: nil)
            return try await finish(session, as: digest, writer: writer)
        } catch {
            // Nobody knows the identifier of this upload, so nobody can go on with it.
            session.cancel()
            await uploads.end(session)
            throw error
        }
    }

    /// Only what the client may read can be taken over; otherwise mounting would tell what others have.
    private func canMount(_ digest: Digest, from source: String, _ request: Request) async throws -> Bool {
        guard ReferenceGrammar.isRepository(source) else { return false }
        let wanted = RegistryAccess(.pull, repository: source)
        guard await access.decision(wanted, authorization: request.headers[.authorization]) == .allowed else {
            return false
        }
        let storage = storage
        return try await onDisk { storage.blobSize(digest, in: source) != nil }
    }

    func appendUpload(_ repository: String, _ identifier: String, _ request: Request) async throws -> Response
    {
        let session = try await uploads.session(identifier, in: repository)
        let range = try contentRange(request)
        let writer = try begin(session, at: range)
        try await receive(request, into: session, writer: writer, expecting: range)
        return progress(session, .accepted)
    }

    func finishUpload(
        _ repository: String, _ identifier: String, _ query: RegistryQuery, _ request: Request
    ) async throws -> Response {
        let session = try await uploads.session(identifier, in: repository)
        guard let text = query["digest"] else {
            throw RegistryRefusal(400, .digestInvalid, "the last request of an upload needs ?digest=…")
        }
        let digest = try Self.digest(text)
        let range = try contentRange(request)
        let writer = try begin(session, at: range)
        try await receive(request, into: session, writer: writer, expecting: range)
        return try await finish(session, as: digest, writer: writer)
    }

    func uploadStatus(_ repository: String, _ identifier: String) async throws -> Response {
        progress(try await uploads.session(identifier, in: repository), .noContent)
    }

    func cancelUpload(_ repository: String, _ identifier: String) async throws -> Response {
        let session = try await uploads.session(identifier, in: repository)
        session.cancel()
        await uploads.end(session)
        return Response(.noContent, [])
    }

    /// Takes the upload over, if the chunk follows what has arrived.
    private func begin(_ session: UploadSession, at range: Range<Int64>?) throws(RegistryRefusal) -> Int {
        let (writer, offset) = session.takeOver()
        if let range, range.lowerBound != offset {
            throw RegistryRefusal(
                416, .rangeInvalid,
                "the chunk begins at byte \(range.lowerBound), and \(offset) bytes have arrived; go on from there",
                headers: progressFields(session))
        }
        return writer
    }

    private func contentRange(_ request: Request) throws(RegistryRefusal) -> Range<Int64>? {
        guard let header = request.headers[.contentRange] else { return nil }
        guard let range = ByteRange.sent(header) else {
            throw RegistryRefusal(
                400, .blobUploadInvalid,
                "the header Content-Range must be like 0-1023, not '\(header.onOneLine)'")
        }
        if let length = contentLength(request), length != Int64(range.count) {
            throw RegistryRefusal(
                400, .sizeInvalid,
                "Content-Range says \(range.count) bytes and Content-Length \(length)")
        }
        return range
    }

    private func contentLength(_ request: Request) -> Int64? {
        request.headers[.contentLength].flatMap { Int64($0) }
    }

    /// Writes a request's body. Of one that is cut, what has arrived is kept.
    private func receive(
        _ request: Request, into session: UploadSession, writer: Int, expecting range: Range<Int64>?
    ) async throws {
        if let length = contentLength(request), session.offset + length > policy.largestBlob {
            throw RegistryRefusal(
                413, .sizeInvalid, "the blob has more than the \(policy.largestBlob) bytes allowed")
        }
        // Small pieces are put together, since each write is a trip to another thread.
        var gathered = ByteBuffer()
        var count: Int64 = 0
        let limit = policy.largestBlob
        func flush() async throws {
            guard gathered.readableBytes > 0 else { return }
            let piece = gathered
            gathered = ByteBuffer()
            try await onDisk { try session.append(piece, writer: writer, limit: limit) }
        }
        do {
            for try await chunk in request.body {
                count += Int64(chunk.readableBytes)
                if let range, count > Int64(range.count) {
                    throw RegistryRefusal(
                        400, .sizeInvalid, "the chunk has more than the \(range.count) bytes announced",
                        headers: progressFields(session))
                }
                if gathered.readableBytes == 0 {
                    gathered = chunk
                } else {
                    gathered.writeImmutableBuffer(chunk)
                }
                if gathered.readableBytes >= 256 << 10 { try await flush() }
            }
        } catch {
            try await flush()
            throw error
        }
        try await flush()
        if let length = contentLength(request) ?? range.map({ Int64($0.count) }), count < length {
            throw RegistryRefusal(
                400, .sizeInvalid, "the connection ended after \(count) of \(length) bytes",
                headers: progressFields(session))
        }
    }

    private func finish(_ session: UploadSession, as digest: Digest, writer: Int) async throws -> Response {
        do {
            _ = try await onDisk { try session.finish(as: digest, writer: writer) }
        } catch {
            await uploads.end(session)
            throw error
        }
        await uploads.end(session)
        return created(blob: digest, in: session.repository)
    }

    private func progress(_ session: UploadSession, _ status: HTTPResponse.Status) -> Response {
        Response(status, progressFields(session))
    }

    private func progressFields(_ session: UploadSession) -> [(name: String, value: String)] {
        [
            ("Location", "/v2/\(session.repository)/blobs/uploads/\(session.identifier)"),
            // The form knows no way to say that nothing has arrived; this is what every registry writes.
            ("Range", "0-\(max(session.offset - 1, 0))"), ("Docker-Upload-UUID", session.identifier),
        ]
    }
}
