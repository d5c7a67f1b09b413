import Foundation
import Testing

@testable import OCI

@Suite struct RegistryBlobTests {
    @Test func `the base says that this is a registry`() async throws {
        try await RawClient.run { client in
            for path in ["/v2/", "/v2"] {
                let answer = try await client.send("GET", path)
                #expect(answer.status == 200)
                #expect(answer.header("docker-distribution-api-version") == "registry/2.0")
            }
            let elsewhere = try await client.send("GET", "/")
            #expect(elsewhere.status == 404)
        }
    }

    @Test func `a blob is uploaded in chunks, and chunks out of order are refused`() async throws {
        try await RawClient.run { client in
            let bytes = Array("0123456789".utf8)
            let digest = Digest.sha256(bytes)
            let begun = try await client.send("POST", "/v2/a/b/blobs/uploads/")
            #expect(begun.status == 202)
            #expect(begun.header("range") == "0-0")
            let location = try #require(begun.header("location"))
            let first = try await client.send(
                "PATCH", location, [("content-range", "0-3")], Array(bytes[..<4]))
            #expect(first.status == 202 && first.header("range") == "0-3")
            for range in ["0-3", "5-9"] {
                let count = range == "0-3" ? 4 : 5
                let wrong = try await client.send(
                    "PATCH", location, [("content-range", range)], Array(bytes[..<count]))
                #expect(wrong.status == 416)
                #expect(wrong.header("range") == "0-3" && wrong.header("location") == location)
            }
            let lying = try await client.send(
                "PATCH", location, [("content-range", "4-9")], Array(bytes[4..<6]))
            #expect(lying.status == 400 && lying.code == "SIZE_INVALID")
            let bad = try await client.send("PATCH", location, [("content-range", "x")], [1])
            #expect(bad.status == 400)
            let status = try await client.send("GET", location)
            #expect(status.status == 204 && status.header("range") == "0-3")
            let done = try await client.send(
                "PUT", "\(location)?digest=\(digest)", [("content-range", "4-9")], Array(bytes[4...]))
            #expect(done.status == 201)
            #expect(done.header("location") == "/v2/a/b/blobs/\(digest)")
            let over = try await client.send("GET", location)
            #expect(over.status == 404 && over.code == "BLOB_UPLOAD_UNKNOWN")
            let content = try await client.send("GET", "/v2/a/b/blobs/\(digest)")
            #expect(content.body == bytes)
        }
    }

    @Test func `chunks without a range are appended`() async throws {
        try await RawClient.run { client in
            let location = try #require(
                try await client.send("POST", "/v2/a/blobs/uploads/").header("location"))
            try await client.send("PATCH", location, [], [1, 2])
            try await client.send("PATCH", location, [], [3])
            let done = try await client.send("PUT", "\(location)?digest=\(Digest.sha256([1, 2, 3]))")
            #expect(done.status == 201)
        }
    }

    @Test func `content of another digest is refused and leaves nothing`() async throws {
        try await RawClient.run { client in
            let answer = try await client.send(
                "POST", "/v2/a/blobs/uploads/?digest=\(Digest.sha256([9]))", [], [1])
            #expect(answer.status == 400 && answer.code == "DIGEST_INVALID")
            let location = try #require(
                try await client.send("POST", "/v2/a/blobs/uploads/").header("location"))
            let other = try await client.send("PUT", "\(location)?digest=\(Digest.sha256([9]))", [], [1])
            #expect(other.status == 400 && other.code == "DIGEST_INVALID")
            let none = try await client.send("PUT", "\(location)?digest=\(Digest.sha256([1]))", [], [1])
            #expect(none.status == 404)
            let files = try FileManager.default.contentsOfDirectory(
                atPath: "\(client.registry.directory)/uploads")
            #expect(files.isEmpty)
            let malformed = try await client.send("PUT", "\(location)?digest=sha256:x", [], [1])
            #expect(malformed.status == 404 || malformed.status == 400)
        }
    }

    @Test func `an upload is given up`() async throws {
        try await RawClient.run { client in
            let location = try #require(
                try await client.send("POST", "/v2/a/blobs/uploads/").header("location"))
            let elsewhere = location.replacing("/v2/a/", with: "/v2/b/")
            #expect(try await client.send("GET", elsewhere).status == 404)
            #expect(try await client.send("DELETE", location).status == 204)
            #expect(try await client.send("PATCH", location, [], [1]).status == 404)
        }
    }

    @Test(
        arguments: [
            ("bytes=0-3", 206, "0123"), ("bytes=8-", 206, "89"), ("bytes=-2", 206, "89"),
            ("bytes=5-100", 206, "56789"),
            ("bytes=10-", 416, nil), ("bytes=-0", 416, nil), ("bytes=3-1", 200, "0123456789"),
            ("bytes=0-1,3-4", 200, "0123456789"), ("lines=1-2", 200, "0123456789"),
            ("bytes=-100", 206, "0123456789"),
        ] as [(String, Int, String?)])
    func `parts of a blob are read`(_ range: String, _ status: Int, _ text: String?) async throws {
        try await RawClient.run { client in
            let blob = try await client.push(Array("0123456789".utf8), to: "a")
            let answer = try await client.send("GET", "/v2/a/blobs/\(blob.digest)", [("range", range)])
            #expect(answer.status == status)
            if let text { #expect(answer.body == Array(text.utf8)) }
            if status == 416 { #expect(answer.header("content-range") == "bytes */10") }
            if status == 206 {
                #expect(answer.header("content-range")?.hasSuffix("/10") == true)
                #expect(answer.header("content-length") == "\(answer.body.count)")
            }
            let head = try await client.send("HEAD", "/v2/a/blobs/\(blob.digest)")
            #expect(head.status == 200 && head.header("content-length") == "10" && head.body.isEmpty)
        }
    }

    @Test func `a blob belongs to the repositories it was pushed to`() async throws {
        try await RawClient.run { client in
            let blob = try await client.push([1], to: "a")
            let elsewhere = try await client.send("GET", "/v2/b/blobs/\(blob.digest)")
            #expect(elsewhere.status == 404 && elsewhere.code == "BLOB_UNKNOWN")
            let mounted = try await client.send("POST", "/v2/b/blobs/uploads/?mount=\(blob.digest)&from=a")
            #expect(mounted.status == 201)
            #expect(mounted.header("location") == "/v2/b/blobs/\(blob.digest)")
            for query in [
                "mount=\(Digest.sha256([2]))&from=a", "mount=\(blob.digest)&from=none",
                "mount=\(blob.digest)",
            ] {
                let refused = try await client.send("POST", "/v2/c/blobs/uploads/?\(query)")
                #expect(refused.status == 202 && refused.header("location") != nil)
            }
            #expect(try await client.send("DELETE", "/v2/a/blobs/\(blob.digest)").status == 202)
            #expect(try await client.send("DELETE", "/v2/a/blobs/\(blob.digest)").status == 404)
            #expect(try await client.send("GET", "/v2/b/blobs/\(blob.digest)").status == 200)
        }
    }

    @Test func `many clients upload at once`() async throws {
        try await RawClient.run { client in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<16 {
                    group.addTask {
                        let bytes = [UInt8](repeating: UInt8(number / 2), count: 300_000)
                        try await client.push(bytes, to: "team/app\(number % 3)")
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    @Test(arguments: [
        "/v2/App/blobs/uploads/", "/v2/a//b/blobs/uploads/", "/v2/../blobs/uploads/", "/v2/_x/blobs/uploads/",
        "/v2/a%2Fb/blobs/uploads/", "/v2/\(String(repeating: "a", count: 256))/blobs/uploads/",
    ])
    func `names that are none are refused`(_ path: String) async throws {
        try await RawClient.run { client in
            let answer = try await client.send("POST", path)
            #expect(answer.status == 400 && answer.code == "NAME_INVALID")
        }
    }

    @Test func `names may hold the words of the protocol`() async throws {
        try await RawClient.run { client in
            for name in ["blobs/uploads", "a/manifests/b", "tags/list", "v2/blobs"] {
                let blob = try await client.push([1], to: name)
                #expect(try await client.send("GET", "/v2/\(name)/blobs/\(blob.digest)").status == 200)
            }
            let catalog = try await client.send("GET", "/v2/_catalog?n=3")
            #expect(String(decoding: catalog.body, as: UTF8.self).contains("a/manifests/b"))
            #expect(catalog.header("link") == "</v2/_catalog?n=3&last=tags/list>; rel=\"next\"")
        }
    }

    @Test func `methods that an endpoint does not have are named`() async throws {
        try await RawClient.run { client in
            let answer = try await client.send("PUT", "/v2/a/tags/list")
            #expect(answer.status == 405 && answer.code == "UNSUPPORTED" && answer.header("allow") == "GET")
        }
    }

    @Test func `a blob that is too large is refused`() async throws {
        try await RawClient.run({ $0.policy.largestBlob = 4 }) { client in
            let answer = try await client.send(
                "POST", "/v2/a/blobs/uploads/?digest=\(Digest.sha256([1, 2, 3, 4, 5]))", [], [1, 2, 3, 4, 5])
            #expect(answer.status == 413)
            let location = try #require(
                try await client.send("POST", "/v2/a/blobs/uploads/").header("location"))
            try await client.send("PATCH", location, [], [1, 2, 3])
            #expect(try await client.send("PATCH", location, [], [4, 5]).status == 413)
        }
    }
}
