extension RegistryClient {
    /// How a blob got into a repository.
    public enum UploadOutcome: Sendable, Hashable {
        case present, mounted, uploaded
    }

    /// Stores content that is in memory as a blob and describes it.
    ///
    /// - Throws: ``OCIError``.
    @discardableResult
    public func pushBlob(
        _ bytes: [UInt8], mediaType: MediaType, to reference: Reference
    ) async throws -> Descriptor {
        let descriptor = Descriptor(mediaType: mediaType, content: bytes)
        if try await hasBlob(descriptor.digest, in: reference) { return descriptor }
        let what = "storing the blob \(descriptor.digest) in"
        var failures = 0
        while true {
            let session = try await openUpload(request("POST", reference, "blobs/uploads/", .push, what))
            var put = request("PUT", reference, "", .push, what)
            put.url = session.location.adding("digest", descriptor.digest.description)
            put.headers = [("content-type", "application/octet-stream")]
            put.body = .bytes(bytes)
            do {
                let response = try await sendOnce(put)
                if response.status == 201 || response.status == 204 {
                    await response.discard()
                    return descriptor
                }
                let error = try await failure(response, put.what)
                failures += 1
                guard Self.canRetry(response.status), failures < configuration.retry.attempts else {
                    throw error
                }
            } catch let error as OCIError where error.code == .unreachable {
                failures += 1
                guard failures < configuration.retry.attempts else { throw error }
            }
            try await configuration.retry.sleep(configuration.retry.delay(failures: failures))
        }
    }

    /// Brings a stored blob into a repository, if it is not there already.
    ///
    /// - Parameters:
    ///   - sources: repositories of the same registry that may have the blob, to take it over from.
    ///   - progress: told how many bytes of the blob the registry has.
    /// - Throws: ``OCIError``, with code `notFound` where the blob is not in the store.
    @discardableResult
    public func pushBlob(
        _ blob: Descriptor, from store: ContentStore, to reference: Reference,
        mounting sources: [String] = [],
        progress: @Sendable (Int64) -> Void = { _ in }
    ) async throws -> UploadOutcome {
        guard let size = await store.size(of: blob.digest) else {
            throw OCIError(.notFound, "the blob \(blob.digest) is not in the store \(store.directory)")
        }
        guard size == blob.size else {
            throw OCIError(
                .sizeMismatch,
                "the blob \(blob.digest) has \(size) bytes in the store where \(blob.size) are described")
        }
        if try await hasBlob(blob.digest, in: reference) {
            progress(size)
            return .present
        }
        for source in sources where source != reference.repository {
            if try await mount(blob.digest, from: source, to: reference) {
                progress(size)
                return .mounted
            }
        }
        try await upload(blob.digest, size: size, from: store, to: reference, progress)
        return .uploaded
    }

    /// Takes a blob over from another repository of the same registry; false where the registry does not.
    ///
    /// - Throws: ``OCIError``.
    public func mount(_ digest: Digest, from source: String, to reference: Reference) async throws -> Bool {
        var request = request("POST", reference, "blobs/uploads/", .push, "taking \(digest) over into")
        request.url = request.url.adding("mount", digest.description).adding("from", source)
        request.scopes.append("repository:\(source):pull")
        let response: RegistryResponse
        do {
            response = try await send(request)
        } catch let error as OCIError where error.code == .unauthorized {
            // Whoever may not read the other repository uploads the blob.
            return false
        }
        await response.discard()
        if response.status == 202, let location = response.header("location"),
            let url = response.url.resolving(location)
        {
            // The registry has begun an upload, which nobody will use.
            var cancel = self.request("DELETE", reference, "", .push, "giving up an upload to")
            cancel.url = url
            if let answer = try? await sendOnce(cancel) { await answer.discard() }
        }
        return response.status == 201
    }

    // MARK: Uploads

    private struct Session {
        let location: RegistryURL
        let minimumChunk: Int64?
    }

    static func canRetry(_ status: Int) -> Bool { RegistryRetry.statuses.contains(status) }

    private func openUpload(_ request: RegistryRequest) async throws -> Session {
        let response = try await send(request)
        guard response.status == 202 else { throw try await failure(response, request.what) }
        await response.discard()
        guard let location = location(response) else {
            throw OCIError(.registry, "\(request.what): the registry does not say where to send the blob")
        }
        return Session(
            location: location,
            minimumChunk: response.header("oci-chunk-min-length").flatMap { Int64($0) }.flatMap {
                (1...(1 << 30)).contains($0) ? $0 : nil
            })
    }

    private func location(_ response: RegistryResponse) -> RegistryURL? {
        response.header("location").flatMap { response.url.resolving($0) }
    }

    private func upload(
        _ digest: Digest, size: Int64, from store: ContentStore, to reference: Reference,
        _ progress: @Sendable (Int64) -> Void
    ) async throws {
        let what = "storing the blob \(digest) in"
        var state = ChunkedUpload(
            size: size, chunk: configuration.chunkSize, attempts: configuration.retry.attempts)
        var location: RegistryURL?
        var last: OCIError?
        while true {
            let step = state.next
            var answer: RegistryResponse?
            do {
                switch step {
                case .done:
                    progress(size)
                    return
                case .fail:
                    throw last
                        ?? OCIError(.registry, "\(what) \(reference.name): the registry takes none of it")
                case .open:
                    let session = try await openUpload(
                        request("POST", reference, "blobs/uploads/", .push, what))
                    location = session.location
                    state.opened(minimumChunk: session.minimumChunk)
                case .probe:
                    if try await hasBlob(digest, in: reference) { state.finished() } else { state.absent() }
                case .send, .finish, .askStatus:
                    guard let session = location else {
                        state.lost()
                        continue
                    }
                    var request = request("PATCH", reference, "", .push, what)
                    request.url = session
                    switch step {
                    case .send(let range):
                        request.headers = [
                            ("content-type", "application/octet-stream"),
                            ("content-range", "\(range.lowerBound)-\(range.upperBound - 1)"),
                        ]
                        request.body = .blob(store, digest, range)
                    case .finish:
                        request.method = "PUT"
                        request.url = session.adding("digest", digest.description)
                    default:
                        request.method = "GET"
                    }
                    answer = try await sendOnce(request)
                }
            } catch let error as OCIError where error.code == .unreachable && step != .fail {
                last = error
                state.interrupted()
            }
            if let answer {
                last = try await take(answer, step, &state, what: "\(what) \(reference.name)") ?? last
                location = self.location(answer) ?? location
            }
            if state.failures == 0 { progress(state.offset) }
            if state.failures > 0, state.next != .fail, state.next != .done {
                let asked = RegistryRetry.retryAfter(
                    answer?.header("retry-after"), now: configuration.retry.date())
                let delay = configuration.retry.delay(failures: state.failures)
                try await configuration.retry.sleep(
                    min(asked ?? delay, configuration.retry.longestRetryAfter))
            }
        }
    }

    /// Tells the state what the registry has answered to a step; returns the answer as an error if it is one.
    private func take(
        _ response: RegistryResponse, _ step: ChunkedUpload.Step, _ state: inout ChunkedUpload, what: String
    ) async throws -> OCIError? {
        let received = response.header("range").flatMap(Self.receivedBytes)
        switch (step, response.status) {
        case (.send(let range), 200..<300):
            await response.discard()
            // `0-0` is what registries say of nothing and of one byte alike.
            let isFirstByte = received == 0 && range.upperBound == 1
            state.accepted(upTo: isFirstByte ? 1 : received ?? range.upperBound)
            return nil
        case (.finish, 200..<300):
            await response.discard()
            state.finished()
            return nil
        case (.askStatus, 200..<300):
            await response.discard()
            state.reported(offset: received ?? 0)
            return nil
        case (_, 416):
            // The registry has other bytes than we think, and says or tells how many.
            let error = try await failure(response, what)
            state.interrupted()
            return error
        case (_, 404):
            let error = try await failure(response, what)
            state.lost()
            return error
        case (_, let status) where Self.canRetry(status):
            let error = try await failure(response, what)
            state.interrupted()
            return error
        default:
            throw try await failure(response, what)
        }
    }

    /// How many bytes a header such as `0-1023` says have arrived; `0-0` means none or one, so none.
    static func receivedBytes(_ header: String) -> Int64? {
        var text = Substring(header)
        if text.hasPrefix("bytes=") { text = text.dropFirst(6) }
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0] == "0" else { return nil }
        // Before the first byte there is no range to tell of; registries write an end before the beginning.
        if parts[1].isEmpty { return 0 }
        guard let end = Int64(parts[1]), end >= 0, end < .max else { return nil }
        return end == 0 ? 0 : end + 1
    }
}
