import AsyncHTTPClient
import NIOCore

extension RegistryClient {
    /// Whether a repository has a blob.
    ///
    /// - Throws: ``OCIError``.
    public func hasBlob(_ digest: Digest, in reference: Reference) async throws -> Bool {
        let request = request(
            "HEAD", reference, "blobs/\(digest)", .push, "looking for the blob \(digest) in")
        let response = try await send(request)
        await response.discard()
        switch response.status {
        case 200: return true
        case 404: return false
        default: throw RegistryFailure(status: response.status, body: []).error(request.what)
        }
    }

    /// A small blob's content, checked against its digest.
    ///
    /// - Throws: ``OCIError``, with code `limitExceeded` for more than `limit` bytes, `digestMismatch`.
    public func blob(_ digest: Digest, in reference: Reference, limit: Int = 8 << 20) async throws -> [UInt8]
    {
        let request = request("GET", reference, "blobs/\(digest)", .pull, "fetching the blob \(digest) from")
        var failures = 0
        while true {
            let response = try await send(request)
            guard response.status == 200 else { throw try await failure(response, request.what) }
            do {
                let bytes = try await response.collect(limit: limit, request.what)
                var hash = DigestBuilder(digest.algorithm)
                hash.update(bytes)
                guard hash.digest() == digest else {
                    throw OCIError(
                        .digestMismatch,
                        "\(request.what): the registry sent content with the digest \(hash.digest())")
                }
                return bytes
            } catch let error as OCIError where error.code == .unreachable {
                failures += 1
                guard failures < configuration.retry.attempts else { throw error }
                try await configuration.retry.sleep(configuration.retry.delay(failures: failures))
            }
        }
    }

    /// Brings a blob into a store, if it is not there already. After a cut, what has arrived is not fetched again.
    ///
    /// - Parameter progress: told how many bytes have arrived.
    /// - Returns: whether it had to be fetched.
    /// - Throws: ``OCIError``, with code `sizeMismatch` or `digestMismatch` for other content than described.
    @discardableResult
    public func pullBlob(
        _ blob: Descriptor, from reference: Reference, into store: ContentStore,
        progress: @Sendable (Int64) -> Void = { _ in }
    ) async throws -> Bool {
        if await store.size(of: blob.digest) == blob.size {
            progress(blob.size)
            return false
        }
        let writer = try await store.writer(algorithm: blob.digest.algorithm)
        do {
            var failures = 0
            while true {
                let before = writer.count
                do {
                    try await fetch(blob, from: reference, into: writer, progress)
                    break
                } catch let error as OCIError where error.code == .unreachable {
                    failures = writer.count > before ? 1 : failures + 1
                    guard failures < configuration.retry.attempts else { throw error }
                    try await configuration.retry.sleep(configuration.retry.delay(failures: failures))
                }
            }
            _ = try await writer.commit(expecting: blob.digest, size: blob.size)
        } catch {
            await writer.discard()
            throw error
        }
        return true
    }

    /// Fetches what the writer does not have yet.
    private func fetch(
        _ blob: Descriptor, from reference: Reference, into writer: BlobWriter, _ progress: (Int64) -> Void
    ) async throws {
        let have = writer.count
        if have == blob.size, have > 0 { return }
        let what = "fetching the blob \(blob.digest) from"
        var request = request("GET", reference, "blobs/\(blob.digest)", .pull, what)
        if have > 0 { request.headers = [("range", "bytes=\(have)-\(blob.size - 1)")] }
        let response = try await send(request)
        var skip: Int64 = 0
        switch response.status {
        case 200: skip = have
        case 206 where response.header("content-range").flatMap(Self.rangeStart) == have: break
        case 200..<300:
            throw OCIError(.registry, "\(request.what): the registry sent another part than was asked for")
        default: throw try await failure(response, request.what)
        }
        do {
            for try await chunk in response.body {
                var chunk = chunk
                if skip > 0 {
                    let dropped = min(skip, Int64(chunk.readableBytes))
                    chunk.moveReaderIndex(forwardBy: Int(dropped))
                    skip -= dropped
                }
                guard writer.count + Int64(chunk.readableBytes) <= blob.size else {
                    throw OCIError(
                        .sizeMismatch,
                        "\(request.what): the registry sends more than the \(blob.size) bytes described")
                }
                if chunk.readableBytes > 0 {
                    try await writer.append(chunk)
                    progress(writer.count)
                }
            }
        } catch {
            throw try RegistryTransport.translate(error, request.what, response.url)
        }
    }

    /// The first byte in a header such as `bytes 100-199/200`.
    static func rangeStart(_ header: String) -> Int64? {
        guard header.hasPrefix("bytes ") else { return nil }
        return Int64(header.dropFirst(6).prefix { $0 != "-" })
    }
}
