import Foundation
import Manifest
import Sigstore
import Testing

@Suite struct LogAPITests {
    /// A hashedrekord by a bare key.
    static func entry(_ text: String, key: PrivateKey = .p256()) throws -> Value {
        let message = Array(text.utf8)
        return [
            "apiVersion": "0.0.1", "kind": "hashedrekord",
            "spec": [
                "data": [
                    "hash": ["algorithm": "sha256", "value": .string(Hex.encode(Artifact(message).digest))]
                ],
                "signature": [
                    "content": .string(Base64.encode(try key.signature(for: message))),
                    "publicKey": [
                        "content": .string(Base64.encode(Array(key.publicKey.pemRepresentation.utf8)))
                    ],
                ],
            ],
        ]
    }

    @Test func `an entry is created once and found by name, index, hash and key`() async throws {
        try await withInstance { running in
            let key = PrivateKey.p256()
            let entry = try Self.entry("one", key: key)
            let created = try await running.post("/api/v1/log/entries", entry)
            #expect(created.status == 201)
            let name = try #require(created.header("ETag"))
            #expect(created.header("Location") == "/api/v1/log/entries/\(name)")
            let value = try #require(try JSON.parse(created.body)[name])
            #expect(value["logIndex"] == 0)
            #expect(name.utf8.count == 80)

            let again = try await running.post("/api/v1/log/entries", entry)
            #expect(again.status == 409)
            #expect(again.header("Location") == "/api/v1/log/entries/\(name)")

            for path in [
                "/api/v1/log/entries/\(name)", "/api/v1/log/entries/\(name.suffix(64))",
                "/api/v1/log/entries?logIndex=0",
            ] {
                let found = try JSON.parse(try await running.get(path).body)
                #expect(found[name]?["body"] == value["body"], "\(path)")
            }
            let digest = Hex.encode(Artifact(Array("one".utf8)).digest)
            let pem = Base64.encode(Array(key.publicKey.pemRepresentation.utf8))
            let searches: [Value] = [
                ["hash": .string("sha256:\(digest)")],
                ["publicKey": ["format": "x509", "content": .string(pem)]],
                [
                    "hash": .string("sha256:\(digest)"), "publicKey": ["content": .string(pem)],
                    "operator": "and",
                ],
            ]
            for search in searches {
                let found = try await running.post("/api/v1/index/retrieve", search)
                #expect(try JSON.parse(found.body) == [.string(name)])
            }
            let requests: [Value] = [
                ["entryUUIDs": [.string(name)]], ["logIndexes": [0, 7]], ["entries": [entry]],
            ]
            for request in requests {
                let found = try JSON.parse(
                    try await running.post("/api/v1/log/entries/retrieve", request).body)
                #expect(found.arrayValue?.count == 1)
                #expect(found[0]?[name]?["logIndex"] == 0)
            }
        }
    }

    @Test func `the log shows its key, its head and how it grew`() async throws {
        try await withInstance { running in
            var roots: [Int64: [UInt8]] = [:]
            for number in 1...5 {
                _ = try await running.post("/api/v1/log/entries", try Self.entry("\(number)"))
                let head = try JSON.parse(try await running.get("/api/v1/log").body)
                #expect(head["treeSize"]?.integerValue == Int64(number))
                roots[Int64(number)] = head["rootHash"]?.stringValue.flatMap { Hex.decode($0) }
                #expect(head["signedTreeHead"]?.stringValue?.hasPrefix("slipway-development - ") == true)
            }
            for first in 1...Int64(5) {
                let answer = try await running.get("/api/v1/log/proof?firstSize=\(first)&lastSize=5")
                let hashes = try JSON.parse(answer.body)["hashes"]?.arrayValue ?? []
                #expect(
                    MerkleTree.isConsistent(
                        first: first, firstRoot: roots[first] ?? [], second: 5, secondRoot: roots[5] ?? [],
                        proof: hashes.compactMap { $0.stringValue.flatMap { Hex.decode($0) } }))
            }
            let pem = String(decoding: try await running.get("/api/v1/log/publicKey").body, as: UTF8.self)
            #expect(
                try PublicKey(pemRepresentation: pem) == running.instance.trustedRoot.transparencyLogs[0].key)
            #expect(try await running.get("/api/v1/log/proof?firstSize=1&lastSize=6").status == 400)
        }
    }

    @Test func `what is not signed by the key it names is not logged`() async throws {
        try await withInstance { running in
            let good = try Self.entry("one")
            var other = good
            other["spec", "data", "hash", "value"] = .string(String(repeating: "0", count: 64))
            var kind = good
            kind["kind"] = "rekord"
            var algorithm = good
            algorithm["spec", "data", "hash", "algorithm"] = "md5"
            var stranger = good
            stranger["spec", "signature", "publicKey", "content"] = .string(
                Base64.encode(Array(PrivateKey.p256().publicKey.pemRepresentation.utf8)))
            let dsse: Value = [
                "apiVersion": "0.0.1", "kind": "dsse",
                "spec": ["proposedContent": ["envelope": "{}", "verifiers": ["AA=="]]],
            ]
            for entry in [other, kind, algorithm, stranger, dsse, [:], [1]] {
                let answer = try await running.post("/api/v1/log/entries", entry)
                #expect(answer.status == 400)
                #expect(try JSON.parse(answer.body)["code"] == 400)
            }
            #expect(try JSON.parse(try await running.get("/api/v1/log").body)["treeSize"] == 0)
            #expect(try await running.get("/api/v1/log/entries?logIndex=0").status == 404)
            #expect(try await running.get("/api/v1/log/entries/zz").status == 400)
        }
    }

    @Test func `entries that come at the same time are all kept, each once`() async throws {
        try await withInstance { running in
            let entries = try (0..<30).map { try Self.entry("\($0)") }
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for entry in entries + entries {
                    group.addTask { try await running.post("/api/v1/log/entries", entry).status }
                }
                var statuses: [Int] = []
                for try await status in group { statuses.append(status) }
                return statuses
            }
            #expect(statuses.allSatisfy { $0 == 201 || $0 == 409 })
            #expect(try JSON.parse(try await running.get("/api/v1/log").body)["treeSize"] == 30)
        }
    }
}
