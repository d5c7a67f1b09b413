import AsyncHTTPClient
import Manifest
import Testing

@testable import OCI

/// Sends requests to a registry exactly as a test says.
struct RawClient: Sendable {
    struct Answer: Sendable {
        let status: Int
        let headers: [String: [String]]
        let body: [UInt8]

        func header(_ name: String) -> String? { headers[name]?.first }
        /// The code of the first error in the body.
        var code: String? { (try? JSON.parse(body))?["errors"]?[0]?["code"]?.stringValue }
        var message: String? { (try? JSON.parse(body))?["errors"]?[0]?["message"]?.stringValue }
    }

    let registry: TestRegistry
    let transport: RegistryTransport

    static func run(
        _ change: (inout RegistryServer.Configuration) -> Void = { _ in },
        _ body: (RawClient) async throws -> Void
    ) async throws {
        try await withRegistry(change) { registry in
            let client = RawClient(
                registry: registry, transport: try RegistryTransport(authorities: nil, parallel: 8))
            do { try await body(client) } catch {
                try await client.transport.client.shutdown()
                throw error
            }
            try await client.transport.client.shutdown()
        }
    }

    @discardableResult
    func send(
        _ method: String, _ path: String, _ headers: [(name: String, value: String)] = [],
        _ body: [UInt8]? = nil
    ) async throws -> Answer {
        let url = try #require(RegistryURL("http://\(registry.domain)\(path)"))
        let request = RegistryRequest(
            method: method, url: url, headers: headers, body: body.map { .bytes($0) } ?? .none, domain: "",
            repository: "", what: "test")
        let response = try await transport.send(request, authorization: nil)
        return Answer(
            status: response.status, headers: response.headers,
            body: try await response.collect(limit: 64 << 20, "test"))
    }

    /// Stores a blob in one request.
    @discardableResult
    func push(_ bytes: [UInt8], to repository: String) async throws -> Descriptor {
        let digest = Digest.sha256(bytes)
        let answer = try await send("POST", "/v2/\(repository)/blobs/uploads/?digest=\(digest)", [], bytes)
        #expect(answer.status == 201)
        return Descriptor(mediaType: .octetStream, digest: digest, size: Int64(bytes.count))
    }

    /// Stores a manifest with one blob, which is stored too.
    func pushManifest(
        _ text: String, to repository: String, tag: String? = nil, subject: Descriptor? = nil,
        type: String? = nil
    ) async throws -> (answer: Answer, document: ManifestDocument) {
        let blob = try await push(Array(text.utf8), to: repository)
        try await push(Descriptor.emptyContent, to: repository)
        let document = ManifestDocument(
            ImageManifest(
                artifactType: type ?? "application/test", configuration: .empty, layers: [blob],
                subject: subject))
        let answer = try await put(document, to: repository, tag ?? document.digest.description)
        return (answer, document)
    }

    func put(_ document: ManifestDocument, to repository: String, _ reference: String) async throws -> Answer
    {
        try await send(
            "PUT", "/v2/\(repository)/manifests/\(reference)",
            [("content-type", document.mediaType.rawValue)],
            document.bytes)
    }
}
