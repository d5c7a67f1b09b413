import TestSupport
import Testing

@testable import OCI

@Suite struct TransferTests {
    @Test(arguments: Peer.present)
    func `an image goes to a registry and comes back the same`(_ peer: Peer) async throws {
        try await peer.run { registry in
            try await withTemporaryDirectory { directory in
                let source = try ImageStore(directory: "\(directory)/source")
                let target = try ImageStore(directory: "\(directory)/target")
                let image = try await makeImage(in: source)
                let reference = try registry.reference("team/app", tag: TestRegistry.commit)
                try await RegistryClient.withClient(.impatient(chunkSize: 65_536)) { client in
                    try await client.push(image.digest, from: source, to: reference)
                    // Once more, which must change nothing.
                    try await client.push(image.digest, from: source, to: reference)
                    #expect(try await client.resolve(reference) == image.descriptor)
                    #expect(try await client.tags(in: reference) == [TestRegistry.commit])
                    let pulled = try await client.pull(reference, into: target)
                    #expect(pulled == image)
                    let byDigest = try await client.manifest(reference.with(image.digest))
                    #expect(byDigest == image)
                }
                let stored = try await target.image(reference)
                for layer in stored.manifest.layers {
                    let bytes = try await target.content.read(layer.digest)
                    #expect(Int64(bytes.count) == layer.size)
                }
            }
        }
    }

    @Test(arguments: Peer.present)
    func `an index is pushed and pulled with its images`(_ peer: Peer) async throws {
        try await peer.run { registry in
            try await withTemporaryDirectory { directory in
                let source = try ImageStore(directory: "\(directory)/source")
                let target = try ImageStore(directory: "\(directory)/target")
                var entries: [Descriptor] = []
                for (seed, name) in [(1, "linux/amd64"), (2, "linux/arm64")] {
                    var entry = try await makeImage(in: source, layers: [100], seed: UInt64(seed)).descriptor
                    entry.platform = try Platform(parsing: name)
                    entries.append(entry)
                }
                let index = ManifestDocument(ImageIndex(manifests: entries))
                try await source.content.write(index.bytes)
                let reference = try registry.reference("multi", tag: TestRegistry.commit)
                try await RegistryClient.withClient(.impatient()) { client in
                    try await client.push(index.digest, from: source, to: reference)
                    try await client.pull(reference, into: target, platform: Platform(parsing: "linux/arm64"))
                }
                let arm = try await target.image(reference, platform: Platform(parsing: "linux/arm64"))
                #expect(arm.digest == entries[1].digest)
                #expect(!(await target.content.contains(entries[0].digest)))
            }
        }
    }

    @Test(arguments: Peer.present)
    func `blobs are taken over from other repositories and not sent twice`(_ peer: Peer) async throws {
        try await peer.run { registry in
            try await withTemporaryDirectory { directory in
                let store = try ImageStore(directory: directory)
                let digest = try await store.content.write(Array("layer".utf8))
                let blob = Descriptor(mediaType: .layerTar, digest: digest, size: 5)
                let (first, second) = (try registry.reference("first"), try registry.reference("second"))
                try await RegistryClient.withClient(.impatient()) { client in
                    #expect(try await client.pushBlob(blob, from: store.content, to: first) == .uploaded)
                    #expect(try await client.pushBlob(blob, from: store.content, to: first) == .present)
                    let outcome = try await client.pushBlob(
                        blob, from: store.content, to: second, mounting: ["nowhere", "first"])
                    #expect(outcome == .mounted)
                    #expect(try await client.blob(digest, in: second) == Array("layer".utf8))
                    let third = try registry.reference("third")
                    #expect(try await !client.mount(.sha256([9]), from: "first", to: third))
                }
            }
        }
    }

    @Test(arguments: Peer.present)
    func `referrers are found by the API or by the tag that stands in for it`(_ peer: Peer) async throws {
        try await peer.run { registry in
            try await withTemporaryDirectory { directory in
                let store = try ImageStore(directory: directory)
                let image = try await makeImage(in: store, layers: [10])
                let reference = try registry.reference("app", tag: TestRegistry.commit)
                try await RegistryClient.withClient(.impatient()) { client in
                    try await client.push(image.digest, from: store, to: reference)
                    #expect(try await client.referrers(of: image.digest, in: reference).isEmpty)
                    var written: [Descriptor] = []
                    for (number, type) in ["application/a", "application/b", "application/b"].enumerated() {
                        try await client.pushBlob(Descriptor.emptyContent, mediaType: .empty, to: reference)
                        let layer = try await client.pushBlob(
                            [UInt8(number)], mediaType: .octetStream, to: reference)
                        let document = ManifestDocument(
                            ImageManifest(
                                artifactType: type, configuration: .empty, layers: [layer],
                                subject: image.descriptor, annotations: ["n": "\(number)"]))
                        // A second time, which must add nothing.
                        for _ in 0..<2 {
                            try await client.putManifest(document, to: reference.with(document.digest))
                        }
                        written.append(document.referrerDescriptor)
                    }
                    let all = try await client.referrers(of: image.digest, in: reference)
                    #expect(Set(all) == Set(written))
                    let some = try await client.referrers(
                        of: image.digest, in: reference, artifactType: "application/b")
                    #expect(Set(some) == Set(written.dropFirst()))
                }
            }
        }
    }

    @Test(arguments: Peer.present)
    func `what is not there is told apart from other failures`(_ peer: Peer) async throws {
        try await peer.run { registry in
            let reference = try registry.reference("none", tag: "v1")
            try await RegistryClient.withClient(.impatient()) { client in
                let absent = try await client.manifestIfPresent(reference)
                #expect(absent == nil)
                func isNotFound(_ body: () async throws -> Void) async {
                    await #expect { try await body() } throws: { ($0 as? OCIError)?.code == .notFound }
                }
                await isNotFound { _ = try await client.resolve(reference) }
                await isNotFound { _ = try await client.blob(.sha256([1]), in: reference) }
                await isNotFound { try await client.deleteManifest(reference.with(.sha256([1]))) }
                await isNotFound { _ = try await client.tags(in: reference) }
                let isThere = try await client.hasBlob(.sha256([1]), in: reference)
                #expect(!isThere)
            }
        }
    }

    @Test(arguments: Peer.present)
    func `manifests and blobs are deleted`(_ peer: Peer) async throws {
        try await peer.run { registry in
            try await withTemporaryDirectory { directory in
                let store = try ImageStore(directory: directory)
                let image = try await makeImage(in: store, layers: [10])
                let reference = try registry.reference("app", tag: TestRegistry.commit)
                try await RegistryClient.withClient(.impatient()) { client in
                    try await client.push(image.digest, from: store, to: reference)
                    try await client.deleteManifest(reference.with(image.digest))
                    #expect(try await client.manifestIfPresent(reference) == nil)
                    let layer = try image.image().layers[0].digest
                    try await client.deleteBlob(layer, in: reference)
                    #expect(try await !client.hasBlob(layer, in: reference))
                }
            }
        }
    }

    @Test(arguments: [
        "latest", "main", "v1.2.3", "0123456", String(repeating: "A", count: 40),
        String(repeating: "a", count: 41),
    ])
    func `a tag that moves is not pushed`(_ tag: String) async throws {
        try await withTemporaryDirectory { directory in
            let store = try ImageStore(directory: directory)
            let image = try await makeImage(in: store, layers: [])
            try await RegistryClient.withClient(.impatient()) { client in
                await #expect {
                    try await client.push(
                        image.digest, from: store,
                        to: try Reference(domain: "127.0.0.1:1", repository: "app", tag: tag))
                } throws: { ($0 as? OCIError)?.code == .tagRefused }
            }
        }
    }

    @Test(arguments: Peer.present)
    func `a commit's tag that names another image is left alone`(_ peer: Peer) async throws {
        try await peer.run { registry in
            try await withTemporaryDirectory { directory in
                let store = try ImageStore(directory: directory)
                let first = try await makeImage(in: store, layers: [10], seed: 1)
                let second = try await makeImage(in: store, layers: [10], seed: 2)
                let reference = try registry.reference("app", tag: TestRegistry.commit)
                try await RegistryClient.withClient(.impatient()) { client in
                    try await client.push(first.digest, from: store, to: reference)
                    await #expect {
                        try await client.push(second.digest, from: store, to: reference)
                    } throws: { ($0 as? OCIError)?.code == .tagExists }
                    #expect(try await client.resolve(reference).digest == first.digest)
                }
            }
        }
    }
}
