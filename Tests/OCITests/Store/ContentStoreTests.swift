import Foundation
import NIOCore
import TestSupport
import Testing

@testable import OCI

@Suite struct ContentStoreTests {
    @Test func `content is stored by its digest and read back whole and in parts`() async throws {
        try await withTemporaryDirectory { directory in
            let store = try ContentStore(directory: directory)
            let bytes = (0..<1_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            let digest = try await store.write(bytes)
            #expect(digest == .sha256(bytes))
            #expect(try await store.read(digest) == bytes)
            #expect(await store.size(of: digest) == 1_000_000)
            var part: [UInt8] = []
            for try await chunk in try await store.reader(of: digest, range: 10..<700_000) {
                part += Array(chunk.readableBytesView)
            }
            #expect(part == Array(bytes[10..<700_000]))
            #expect(await store.digests() == [digest])
            try await store.remove(digest)
            #expect(!(await store.contains(digest)))
        }
    }

    @Test func `content of another digest or size does not appear`() async throws {
        try await withTemporaryDirectory { directory in
            let store = try ContentStore(directory: directory)
            await #expect { try await store.write([1], expecting: .sha256([2])) } throws: {
                ($0 as? OCIError)?.code == .digestMismatch
            }
            let writer = try await store.writer()
            try await writer.append([1, 2, 3])
            await #expect { try await writer.commit(size: 4) } throws: {
                ($0 as? OCIError)?.code == .sizeMismatch
            }
            await writer.discard()
            #expect(await store.digests().isEmpty)
            #expect(try FileManager.default.contentsOfDirectory(atPath: "\(directory)/ingest").isEmpty)
        }
    }

    @Test func `a file that was changed on disk is not believed`() async throws {
        try await withTemporaryDirectory { directory in
            let store = try ContentStore(directory: directory)
            let digest = try await store.write([1, 2, 3])
            try Data([1, 2, 4]).write(to: URL(filePath: store.path(of: digest)))
            await #expect { try await store.read(digest) } throws: {
                ($0 as? OCIError)?.code == .digestMismatch
            }
            await #expect { try await store.read(digest, limit: 2) } throws: {
                ($0 as? OCIError)?.code == .limitExceeded
            }
        }
    }

    @Test func `many tasks store the same and other content at once`() async throws {
        try await withTemporaryDirectory { directory in
            let store = try ContentStore(directory: directory)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for task in 0..<16 {
                    group.addTask { try await store.write(Array("blob \(task % 4)".utf8)) }
                }
                try await group.waitForAll()
            }
            #expect(await store.digests().count == 4)
        }
    }
}

@Suite struct ImageStoreTests {
    @Test func `references name manifests, and images are put together`() async throws {
        try await withTemporaryDirectory { directory in
            let store = try ImageStore(directory: directory)
            let amd64 = Platform(os: "linux", architecture: "amd64")
            let configuration = ImageConfiguration(platform: amd64, diffIDs: [.sha256([9])])
            let layer = try await store.content.write([1])
            let configurationDigest = try await store.content.write(configuration.encoded)
            let manifest = ManifestDocument(
                ImageManifest(
                    configuration: Descriptor(
                        mediaType: .imageConfiguration, digest: configurationDigest,
                        size: Int64(configuration.encoded.count)),
                    layers: [Descriptor(mediaType: .layerTarGzip, digest: layer, size: 1)]))
            try await store.content.write(manifest.bytes)
            var entry = manifest.descriptor
            entry.platform = amd64
            let index = ManifestDocument(ImageIndex(manifests: [entry]))
            try await store.content.write(index.bytes)
            let reference = try Reference(parsing: "example.com:5000/a/b:v1")
            #expect(try await store.descriptor(of: reference) == nil)
            try await store.set(reference, to: index.descriptor)
            let long = try Reference(parsing: "example.com/\(String(repeating: "a", count: 250)):v1")
            try await store.set(long, to: manifest.descriptor)
            let image = try await store.image(reference, platform: amd64)
            #expect(image.digest == manifest.digest)
            #expect(image.layers.map(\.diffID) == [.sha256([9])])
            #expect(try await store.references().map(\.reference) == [long, reference])
            #expect(try await store.image(reference.with(manifest.digest), platform: amd64) == image)
            try await store.remove(reference)
            #expect(try await store.descriptor(of: reference) == nil)
        }
    }
}
