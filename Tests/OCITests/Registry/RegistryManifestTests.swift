import Manifest
import Testing

@testable import OCI

@Suite struct RegistryManifestTests {
    private static let tag = TestRegistry.commit

    @Test func `a manifest is read by tag and by digest`() async throws {
        try await RawClient.run { client in
            let (answer, document) = try await client.pushManifest("x", to: "a", tag: Self.tag)
            #expect(answer.status == 201)
            #expect(answer.header("location") == "/v2/a/manifests/\(document.digest)")
            #expect(answer.header("docker-content-digest") == document.digest.description)
            for reference in [Self.tag, document.digest.description] {
                let got = try await client.send("GET", "/v2/a/manifests/\(reference)")
                #expect(got.status == 200 && got.body == document.bytes)
                #expect(got.header("content-type") == document.mediaType.rawValue)
                let head = try await client.send("HEAD", "/v2/a/manifests/\(reference)")
                #expect(head.header("content-length") == "\(document.bytes.count)" && head.body.isEmpty)
            }
            let same = try await client.send(
                "GET", "/v2/a/manifests/\(Self.tag)", [("if-none-match", "\"\(document.digest)\"")])
            #expect(same.status == 304)
            let none = try await client.send("GET", "/v2/a/manifests/other")
            #expect(none.status == 404 && none.code == "MANIFEST_UNKNOWN")
        }
    }

    @Test func `a tag takes its digest again and no other`() async throws {
        try await RawClient.run { client in
            let (_, first) = try await client.pushManifest("x", to: "a", tag: Self.tag)
            #expect(try await client.put(first, to: "a", Self.tag).status == 201)
            let (moved, _) = try await client.pushManifest("y", to: "a", tag: Self.tag)
            #expect(moved.status == 409 && moved.code == "DENIED")
            #expect(moved.message?.contains("never changes") == true)
            let named = try await client.send("HEAD", "/v2/a/manifests/\(Self.tag)")
            #expect(named.header("docker-content-digest") == first.digest.description)
            // Deleting the tag does not free it for other content.
            #expect(try await client.send("DELETE", "/v2/a/manifests/\(Self.tag)").status == 202)
            #expect(try await client.send("GET", "/v2/a/manifests/\(Self.tag)").status == 404)
            let (again, _) = try await client.pushManifest("y", to: "a", tag: Self.tag)
            #expect(again.status == 409)
            #expect(try await client.put(first, to: "a", Self.tag).status == 201)
        }
    }

    @Test func `of many clients that set a tag at once, one wins`() async throws {
        try await RawClient.run { client in
            for round in 0..<5 {
                let tag = String(repeating: "\(round)", count: 40)
                var documents: [ManifestDocument] = []
                for number in 0..<6 {
                    documents.append(try await client.pushManifest("\(round) \(number)", to: "a").document)
                }
                let candidates = documents
                let statuses = try await withThrowingTaskGroup(of: (Int, Digest).self) { group in
                    for document in candidates {
                        group.addTask {
                            (try await client.put(document, to: "a", tag).status, document.digest)
                        }
                    }
                    var all: [(Int, Digest)] = []
                    for try await one in group { all.append(one) }
                    return all
                }
                let winners = statuses.filter { $0.0 == 201 }.map(\.1)
                #expect(winners.count == 1)
                let named = try await client.send("HEAD", "/v2/a/manifests/\(tag)")
                #expect(named.header("docker-content-digest") == winners.first?.description)
            }
        }
    }

    @Test(arguments: ["latest", "main", "v1", "0123abc", String(repeating: "A", count: 40)])
    func `tags that are no commit are refused`(_ tag: String) async throws {
        try await RawClient.run { client in
            let (answer, _) = try await client.pushManifest("x", to: "a", tag: tag)
            #expect(answer.status == 400 && answer.code == "TAG_INVALID")
        }
    }

    @Test func `the tags of signatures and referrers are allowed and move`() async throws {
        try await RawClient.run { client in
            for suffix in ["", ".sig", ".att", ".sbom"] {
                let tag = "sha256-\(Digest.sha256([1]).hex)\(suffix)"
                for text in ["x", "y"] {
                    let (answer, document) = try await client.pushManifest(text, to: "a", tag: tag)
                    #expect(answer.status == 201)
                    let named = try await client.send("HEAD", "/v2/a/manifests/\(tag)")
                    #expect(named.header("docker-content-digest") == document.digest.description)
                }
            }
        }
    }

    @Test func `a registry for other uses lets tags be what they are and move`() async throws {
        try await RawClient.run({ $0.policy = RegistryPolicy(tags: .any, hasImmutableTags: false) }) {
            client in
            for text in ["x", "y"] {
                let (answer, _) = try await client.pushManifest(text, to: "a", tag: "latest")
                #expect(answer.status == 201)
            }
            #expect(try await client.send("GET", "/v2/a/manifests/lat%2Fest").status == 400)
        }
    }

    @Test func `a manifest with missing parts or lying sizes is refused`() async throws {
        try await RawClient.run { client in
            let blob = try await client.push([1, 2, 3], to: "a")
            try await client.push(Descriptor.emptyContent, to: "a")
            func put(_ layer: Descriptor, _ configuration: Descriptor = .empty) async throws
                -> RawClient.Answer
            {
                let document = ManifestDocument(ImageManifest(configuration: configuration, layers: [layer]))
                return try await client.put(document, to: "a", Self.tag)
            }
            var lying = blob
            lying.size = 2
            let size = try await put(lying)
            #expect(size.status == 400 && size.code == "MANIFEST_INVALID")
            let missing = Descriptor(mediaType: .layerTar, digest: .sha256([7]), size: 1)
            for answer in [try await put(missing), try await put(blob, missing)] {
                #expect(answer.status == 400 && answer.code == "MANIFEST_BLOB_UNKNOWN")
            }
            let index = ManifestDocument(ImageIndex(manifests: [missing]))
            #expect(try await client.put(index, to: "a", Self.tag).code == "MANIFEST_BLOB_UNKNOWN")
            #expect(try await client.send("GET", "/v2/a/manifests/\(Self.tag)").status == 404)
            #expect(try await put(blob).status == 201)
        }
    }

    @Test func `what is no manifest is refused`() async throws {
        try await RawClient.run { client in
            func put(
                _ bytes: [UInt8], _ reference: String = Self.tag,
                type: String = MediaType.imageManifest.rawValue
            )
                async throws -> RawClient.Answer
            {
                try await client.send("PUT", "/v2/a/manifests/\(reference)", [("content-type", type)], bytes)
            }
            for text in ["", "{", "[]", #"{"schemaVersion":1}"#] {
                let answer = try await put(Array(text.utf8))
                #expect(answer.status == 400 && answer.code == "MANIFEST_INVALID", "\(text)")
            }
            let large = try await put([UInt8](repeating: 32, count: ManifestDocument.largestSize + 1))
            #expect(large.status == 413)
            let (_, document) = try await client.pushManifest("x", to: "a")
            let other = try await put(document.bytes, Digest.sha256([1]).description)
            #expect(other.status == 400 && other.code == "DIGEST_INVALID")
            let mixed = try await put(document.bytes, type: MediaType.imageIndex.rawValue)
            #expect(mixed.code == "MANIFEST_INVALID")
            #expect(try await put(document.bytes, "sha256:x").code == "DIGEST_INVALID")
        }
    }

    @Test func `referrers are listed, filtered and forgotten`() async throws {
        try await RawClient.run { client in
            let (_, image) = try await client.pushManifest("image", to: "a", tag: Self.tag)
            // A subject need not be there yet.
            let (answer, signature) = try await client.pushManifest(
                "signature", to: "a", subject: image.descriptor, type: "application/sig")
            #expect(answer.header("oci-subject") == image.digest.description)
            let (_, report) = try await client.pushManifest(
                "report", to: "a", subject: image.descriptor, type: "application/sbom")
            let path = "/v2/a/referrers/\(image.digest)"
            func list(_ query: String = "") async throws -> (RawClient.Answer, Set<Digest>) {
                let answer = try await client.send("GET", path + query)
                let document = try ManifestDocument(answer.body)
                guard case .index(let index) = document.content else { return (answer, []) }
                return (answer, Set(index.manifests.map(\.digest)))
            }
            let all = try await list()
            #expect(all.1 == [signature.digest, report.digest])
            #expect(all.0.header("content-type") == MediaType.imageIndex.rawValue)
            let filtered = try await list("?artifactType=application%2Fsig")
            #expect(filtered.1 == [signature.digest])
            #expect(filtered.0.header("oci-filters-applied") == "artifactType")
            #expect(try await client.send("DELETE", "/v2/a/manifests/\(signature.digest)").status == 202)
            #expect(try await list().1 == [report.digest])
            let empty = try await client.send("GET", "/v2/b/referrers/\(image.digest)")
            #expect(empty.status == 200)
            #expect(try await client.send("GET", "/v2/a/referrers/x").status == 400)
        }
    }

    @Test func `tags are listed page by page in the order of their bytes`() async throws {
        try await RawClient.run({ $0.policy.tags = .any }) { client in
            let (_, document) = try await client.pushManifest("x", to: "a")
            for tag in ["b", "B", "a", "_", "1"] { _ = try await client.put(document, to: "a", tag) }
            func list(_ query: String) async throws -> (tags: [String], link: String?) {
                let answer = try await client.send("GET", "/v2/a/tags/list\(query)")
                let tags = try JSON.parse(answer.body)["tags"]?.arrayValue ?? []
                return (tags.compactMap(\.stringValue), answer.header("link"))
            }
            #expect(try await list("").tags == ["1", "B", "_", "a", "b"])
            let page = try await list("?n=2")
            #expect(page.tags == ["1", "B"])
            #expect(page.link == "</v2/a/tags/list?n=2&last=B>; rel=\"next\"")
            #expect(try await list("?n=2&last=B").tags == ["_", "a"])
            #expect(try await list("?last=a").tags == ["b"])
            #expect(try await list("?n=0").tags == [])
            #expect(try await client.send("GET", "/v2/a/tags/list?n=x").status == 400)
            let none = try await client.send("GET", "/v2/none/tags/list")
            #expect(none.status == 404 && none.code == "NAME_UNKNOWN")
            let client2 = try RegistryClient()
            let all = try await client2.tags(in: try client.registry.reference("a"))
            await client2.shutdown()
            #expect(all.count == 5)
        }
    }

    @Test func `a registry told not to delete does not`() async throws {
        try await RawClient.run({ $0.policy.allowsDeletion = false }) { client in
            let (_, document) = try await client.pushManifest("x", to: "a", tag: Self.tag)
            #expect(try await client.send("DELETE", "/v2/a/manifests/\(document.digest)").status == 405)
            #expect(try await client.send("GET", "/v2/a/manifests/\(Self.tag)").status == 200)
        }
    }
}
