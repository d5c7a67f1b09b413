import AsyncHTTPClient
import TestSupport
import Testing

@testable import OCI

@Suite struct CutConnectionTests {
    static let size = 200_000
    static let chunk: Int64 = 50_000

    /// Four chunks: cuts in each, at each boundary between them, at the first request and at the last.
    static let cuts: [CuttingProxy.Cut] =
        (1...4).flatMap { [.request("PATCH", $0), .response("PATCH", $0)] }
        + [.request("POST", 1), .response("POST", 1), .request("PUT", 1), .response("PUT", 1)]
        + [.request("PUT", 2), .response("PUT", 2), .response("HEAD", 1)]

    @Test(arguments: cuts, Peer.present)
    func `an upload that is cut goes on where it was`(_ cut: CuttingProxy.Cut, _ peer: Peer) async throws {
        try await peer.run { registry in
            let proxy = try CuttingProxy(to: registry.port, cutting: cut)
            defer { proxy.close() }
            try await withTemporaryDirectory { directory in
                let store = try ImageStore(directory: directory)
                let image = try await makeImage(in: store, layers: [Self.size])
                let reference = try Reference(
                    domain: "127.0.0.1:\(proxy.port)", repository: "app", tag: TestRegistry.commit)
                try await RegistryClient.withClient(.impatient(chunkSize: Self.chunk)) { client in
                    _ = try await client.push(image.digest, from: store, to: reference)
                }
                #expect(proxy.hasCut)
                let target = try ImageStore(directory: "\(directory)/target")
                try await RegistryClient.withClient(.impatient()) { client in
                    let direct = try registry.reference("app", tag: TestRegistry.commit)
                    let pulled = try await client.pull(direct, into: target)
                    #expect(pulled.digest == image.digest)
                }
            }
        }
    }

    @Test(arguments: Peer.present)
    func `a download that is cut goes on where it was`(_ peer: Peer) async throws {
        try await peer.run { registry in
            try await withTemporaryDirectory { directory in
                let store = try ContentStore(directory: "\(directory)/source")
                let target = try ContentStore(directory: "\(directory)/target")
                let bytes = (0..<1_000_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
                let digest = try await store.write(bytes)
                let blob = Descriptor(mediaType: .layerTar, digest: digest, size: 1_000_000)
                let reference = try registry.reference("app")
                try await RegistryClient.withClient(.impatient()) { client in
                    _ = try await client.pushBlob(blob, from: store, to: reference)
                }
                let proxy = try CuttingProxy(to: registry.port, cutting: .download(600_000))
                defer { proxy.close() }
                try await RegistryClient.withClient(.impatient()) { client in
                    _ = try await client.pullBlob(
                        blob, from: try Reference(domain: "127.0.0.1:\(proxy.port)", repository: "app"),
                        into: target)
                }
                #expect(proxy.hasCut)
                #expect(try await target.read(digest) == bytes)
            }
        }
    }

    @Test func `an upload goes on after the registry was started anew`() async throws {
        try await withTemporaryDirectory { directory in
            let store = try ContentStore(directory: "\(directory)/source")
            let bytes = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 3) }
            let digest = try await store.write(bytes)
            let transport = try RegistryTransport(authorities: nil, parallel: 1)
            func send(
                _ method: String, _ url: String, _ headers: [(name: String, value: String)], _ body: [UInt8]
            ) async throws -> RegistryResponse {
                let request = RegistryRequest(
                    method: method, url: try #require(RegistryURL(url)), headers: headers, body: .bytes(body),
                    domain: "", repository: "", what: "test")
                return try await transport.send(request, authorization: nil)
            }
            let location = try await withRegistry(directory: "\(directory)/registry") { registry in
                let begun = try await send("POST", "http://\(registry.domain)/v2/app/blobs/uploads/", [], [])
                let location = try #require(begun.header("location"))
                let sent = try await send(
                    "PATCH", "http://\(registry.domain)\(location)", [("content-range", "0-59999")],
                    Array(bytes[..<60_000]))
                #expect(sent.status == 202)
                #expect(sent.header("range") == "0-59999")
                return location
            }
            try await withRegistry(directory: "\(directory)/registry") { registry in
                let status = try await send("GET", "http://\(registry.domain)\(location)", [], [])
                #expect(status.status == 204)
                #expect(status.header("range") == "0-59999")
                let done = try await send(
                    "PUT", "http://\(registry.domain)\(location)?digest=\(digest)",
                    [("content-range", "60000-99999")], Array(bytes[60_000...]))
                #expect(done.status == 201)
                #expect(done.header("docker-content-digest") == digest.description)
            }
            try await transport.client.shutdown()
        }
    }
}

@Suite struct ChunkedUploadTests {
    @Test func `whatever a registry answers, an upload ends, and only ends well when all has arrived`() {
        let seed = UInt64.random(in: 0 ... .max)
        var generator = SeededGenerator(seed: seed)
        for round in 0..<2_000 {
            let size = Int64.random(in: 0...30, using: &generator)
            var upload = ChunkedUpload(size: size, chunk: .random(in: 1...9, using: &generator), attempts: 6)
            // What the registry really has.
            var (stored, isOpen, isBlob, steps): (Int64, Bool, Bool, Int) = (0, false, false, 0)
            let reliability = Double.random(in: 0...1, using: &generator)
            func isGood() -> Bool { Double.random(in: 0..<1, using: &generator) < reliability }
            loop: while true {
                steps += 1
                #expect(steps < 1_000, "seed \(seed), round \(round)")
                if steps >= 1_000 { return }
                switch upload.next {
                case .open:
                    (stored, isOpen) = (0, true)
                    if isGood() { upload.opened(minimumChunk: nil) } else { upload.interrupted() }
                case .send(let range):
                    #expect(range.lowerBound == upload.offset && !range.isEmpty && range.upperBound <= size)
                    guard isOpen else {
                        upload.lost()
                        continue
                    }
                    guard range.lowerBound == stored else {
                        upload.interrupted()
                        continue
                    }
                    let arrives = isGood() ? range.count : Int.random(in: 0...range.count, using: &generator)
                    stored += Int64(arrives)
                    if arrives == range.count, isGood() {
                        upload.accepted(upTo: stored)
                    } else {
                        upload.interrupted()
                    }
                case .askStatus:
                    if !isOpen {
                        upload.lost()
                    } else if isGood() {
                        upload.reported(offset: stored)
                    } else {
                        upload.interrupted()
                    }
                case .finish:
                    if isOpen, stored == size, isGood() { (isBlob, isOpen) = (true, false) }
                    if isBlob, isGood() { upload.finished() } else { upload.interrupted() }
                case .probe:
                    if !isGood() {
                        upload.interrupted()
                    } else if isBlob {
                        upload.finished()
                    } else {
                        upload.absent()
                    }
                case .done:
                    #expect(isBlob, "seed \(seed), round \(round)")
                    break loop
                case .fail:
                    #expect(reliability < 1, "seed \(seed), round \(round)")
                    break loop
                }
            }
        }
    }
}
