import Foundation
import TestSupport
import Testing

@testable import OCI

@Suite struct UnpackedImagesTests {
    /// An image of two layers, the second of which deletes and replaces.
    private func makeImage(in store: ImageStore) async throws -> StoredImage {
        var base = ArchiveBuilder()
        base.directory("etc", mode: 0o750)
        base.file("etc/gone", "1")
        base.file("etc/stays", "2")
        base.file("data/old", "3")
        var top = ArchiveBuilder()
        top.file("etc/.wh.gone", "")
        top.file("etc/new", "4")
        top.file("data/.wh..wh..opq", "")
        top.file("data/new", "5")
        var layers: [Descriptor] = []
        for archive in [base.archive, top.archive] {
            let digest = try await store.content.write(archive)
            layers.append(Descriptor(mediaType: .layerTar, digest: digest, size: Int64(archive.count)))
        }
        let configuration = ImageConfiguration(platform: .current, diffIDs: layers.map(\.digest)).encoded
        try await store.content.write(configuration)
        let document = ManifestDocument(
            ImageManifest(
                configuration: Descriptor(mediaType: .imageConfiguration, content: configuration),
                layers: layers))
        try await store.content.write(document.bytes)
        return try await store.image(document.digest)
    }

    private static let check = """
        [ ! -e etc/gone ] && [ "$(cat etc/stays etc/new data/new)" = 245 ] && [ "$(ls data)" = new ]
        [ "$(stat -c %a etc)" = 750 ]
        """

    @Test func `the flat form is one directory with deletions carried out`() async throws {
        try await withTemporaryDirectory { directory in
            let store = try ImageStore(directory: "\(directory)/store")
            let image = try await makeImage(in: store)
            let images = try UnpackedImages(directory: "\(directory)/u", content: store.content, form: .flat)
            let paths = try await images.directories(of: image)
            #expect(paths.count == 1)
            try await runScript("cd '\(paths[0])'; \(Self.check)")
        }
    }

    @Test(.enabled(if: geteuid() == 0, "only root makes whiteouts and mounts"))
    func `the overlay form is a directory a layer, which the kernel lays over one another`() async throws {
        try await withTemporaryDirectory { directory in
            let store = try ImageStore(directory: "\(directory)/store")
            let image = try await makeImage(in: store)
            let images = try UnpackedImages(
                directory: "\(directory)/u", content: store.content, form: .overlay)
            let (first, second) = try await (images.directories(of: image), images.directories(of: image))
            #expect(first == second && first.count == 2)
            try await runScript(
                """
                cd '\(directory)'; mkdir m
                mount -t overlay overlay -o 'lowerdir=\(first[1]):\(first[0])' m 2>/dev/null || exit 0
                trap 'cd /; umount "\(directory)/m"' EXIT
                cd m; \(Self.check)
                """)
        }
    }

    @Test func `a layer that is not what the configuration says leaves nothing`() async throws {
        try await withTemporaryDirectory { directory in
            let store = try ImageStore(directory: "\(directory)/store")
            let image = try await makeImage(in: store)
            var configuration = image.configuration
            configuration.diffIDs[1] = .sha256([1])
            let lying = try StoredImage(
                document: image.document, manifest: image.manifest, configuration: configuration)
            let images = try UnpackedImages(directory: "\(directory)/u", content: store.content, form: .flat)
            await #expect { try await images.directories(of: lying) } throws: {
                ($0 as? OCIError)?.code == .digestMismatch
            }
            for folder in ["drafts", "ready"] {
                let left = try FileManager.default.contentsOfDirectory(atPath: "\(directory)/u/\(folder)")
                #expect(left.isEmpty)
            }
        }
    }

    @Test func `many ask for an image at once and get the same directories`() async throws {
        try await withTemporaryDirectory { directory in
            let store = try ImageStore(directory: "\(directory)/store")
            let image = try await makeImage(in: store)
            let images = try UnpackedImages(directory: "\(directory)/u", content: store.content, form: .flat)
            let found = try await withThrowingTaskGroup(of: [String].self) { group in
                for _ in 0..<8 { group.addTask { try await images.directories(of: image) } }
                var all: Set<[String]> = []
                for try await one in group { all.insert(one) }
                return all
            }
            #expect(found.count == 1)
            let drafts = try FileManager.default.contentsOfDirectory(atPath: "\(directory)/u/drafts")
            #expect(drafts.isEmpty)
        }
    }
}
