import Hummingbird
import Synchronization
import TestSupport
import Testing

@testable import OCI

/// Several clients that write one moving tag at the same time.
@Suite struct TagUpdateTests {
    private static let subject = Digest.sha256(Array("subject".utf8))

    /// A manifest that refers to the subject, different for each number.
    private static func referrer(_ number: Int) -> ManifestDocument {
        ManifestDocument(
            ImageManifest(
                artifactType: "application/x-test", configuration: .empty, layers: [],
                subject: Descriptor(mediaType: .imageManifest, digest: subject, size: 7),
                annotations: ["number": "\(number)"]))
    }

    @Test func `none of many writers of one list is lost`() async throws {
        try await withRegistry { registry in
            let reference = try Reference(domain: registry.domain, repository: "team/app")
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<12 {
                    group.addTask {
                        try await RegistryClient.withClient { client in
                            _ = try await client.pushBlob(
                                Descriptor.emptyContent, mediaType: .empty, to: reference)
                            let document = Self.referrer(number)
                            try await client.putManifest(document, to: reference.with(document.digest))
                            try await client.addToFallbackList(
                                document.referrerDescriptor, of: Self.subject, in: reference)
                        }
                    }
                }
                try await group.waitForAll()
            }
            let list = try await RegistryClient.withClient { client in
                try await client.manifest(
                    try reference.with(tag: RegistryClient.fallbackTag(of: Self.subject)))
            }
            guard case .index(let index) = list.content else {
                Issue.record("the tag names no index")
                return
            }
            #expect(Set(index.manifests.map(\.digest)) == Set((0..<12).map { Self.referrer($0).digest }))
        }
    }

    /// A registry that knows no conditions and no referrers, and another client that overwrites what we have written.
    private final class Contested: Sendable {
        private let content = Mutex<[UInt8]?>(nil)
        private let rest: Mutex<Int>
        private let others: ManifestDocument

        /// - Parameter times: how often the other client writes after us.
        init(times: Int, others: ManifestDocument) {
            rest = Mutex(times)
            self.others = others
        }

        var list: [UInt8]? { content.withLock { $0 } }

        func answer(_ request: ScriptedRegistry.Seen) -> Response {
            guard request.method == "PUT" else {
                guard let bytes = list else { return .test(404) }
                return .test(
                    200, [("Content-Type", MediaType.imageIndex.rawValue)],
                    String(decoding: bytes, as: UTF8.self))
            }
            let isOverwritten = rest.withLock { rest in
                defer { rest = max(0, rest - 1) }
                return rest > 0
            }
            content.withLock { $0 = isOverwritten ? others.bytes : request.body }
            return .test(201)
        }
    }

    @Test(arguments: [0, 1, 5]) func `what another client overwrites is written again, beside its own`(
        times: Int
    ) async throws {
        let other = Self.referrer(1).referrerDescriptor
        let contested = Contested(times: times, others: ManifestDocument(ImageIndex(manifests: [other])))
        let registry = ScriptedRegistry { request, _ in contested.answer(request) }
        try await registry.run { port in
            let reference = try Reference(domain: "127.0.0.1:\(port)", repository: "team/app")
            try await RegistryClient.withClient(.impatient()) { client in
                try await client.addToFallbackList(
                    Self.referrer(2).referrerDescriptor, of: Self.subject, in: reference)
            }
        }
        let bytes = try #require(contested.list)
        guard case .index(let index) = try ManifestDocument(bytes).content else { return }
        let expected = [other.digest, Self.referrer(2).digest].suffix(times == 0 ? 1 : 2)
        #expect(Set(index.manifests.map(\.digest)) == Set(expected))
        #expect(registry.seen.filter { $0.method == "PUT" }.count == times + 1)
    }

    @Test func `a writer that always loses gives up and says so`() async throws {
        let contested = Contested(
            times: .max,
            others: ManifestDocument(ImageIndex(manifests: [Self.referrer(1).referrerDescriptor])))
        let registry = ScriptedRegistry { request, _ in contested.answer(request) }
        try await registry.run { port in
            let reference = try Reference(domain: "127.0.0.1:\(port)", repository: "team/app")
            try await RegistryClient.withClient(.impatient()) { client in
                let error = await #expect(throws: OCIError.self) {
                    try await client.addToFallbackList(
                        Self.referrer(2).referrerDescriptor, of: Self.subject, in: reference)
                }
                #expect(error?.code == .conflict)
            }
        }
    }

    @Test func `the registry keeps the conditions of HTTP for tags`() async throws {
        try await withRegistry { registry in
            let tag = try Reference(
                domain: registry.domain, repository: "team/app",
                tag: RegistryClient.fallbackTag(of: Self.subject))
            let (one, two) = (ManifestDocument(ImageIndex(manifests: [])), Self.referrer(2))
            try await RegistryClient.withClient { client in
                _ = try await client.pushBlob(Descriptor.emptyContent, mediaType: .empty, to: tag)
                #expect(try await client.putManifest(one, to: tag, if: .isAbsent))
                for condition in [TagCondition.isAbsent, .names(two.digest)] {
                    let error = await #expect(throws: OCIError.self) {
                        try await client.putManifest(two, to: tag, if: condition)
                    }
                    #expect(error?.code == .conflict)
                    #expect(try await client.resolve(tag).digest == one.digest)
                }
                #expect(try await client.putManifest(two, to: tag, if: .names(one.digest)))
                #expect(try await client.resolve(tag).digest == two.digest)
            }
        }
    }
}
