import Foundation
import Manifest
import TestSupport
import Testing

@testable import Sigstore

struct OneTimeTokenTests {
    @Test func `a run's token is exchanged for one certificate, also after a restart`() async throws {
        try await withTemporaryDirectory { directory in
            try await withInstance { provider in
                let issuers = [TokenIssuer(url: provider.url, mapping: .subject, isOneTime: true)]
                func token(_ name: String) throws -> String {
                    try #require(provider.tokens).token(
                        subject: AuthorityTests.subject, at: Date(), lifetime: 300, identifier: name)
                }
                let first = try token("first")
                @Sendable func statuses(_ tokens: [String]) async throws -> [Int] {
                    try await withInstance(directory: "\(directory)/instance", issuers: issuers) { running in
                        var statuses: [Int] = []
                        for token in tokens {
                            let answer = try await running.post(
                                "/api/v2/signingCert",
                                try AuthorityTests.request(token, challenge: AuthorityTests.subject))
                            statuses.append(answer.status)
                        }
                        return statuses
                    }
                }
                #expect(
                    try await statuses([first, first, try token("second"), first]) == [200, 400, 200, 400])
                #expect(
                    try await statuses([first, try token("third"), try token("first")]) == [400, 200, 400])
            }
        }
    }

    @Test func `who does not prove the key uses no token up`() async throws {
        try await withInstance { provider in
            let issuers = [TokenIssuer(url: provider.url, mapping: .subject, isOneTime: true)]
            try await withInstance(issuers: issuers) { running in
                let token = try provider.token()
                for (challenge, status) in [("other", 400), (AuthorityTests.subject, 200)] {
                    let answer = try await running.post(
                        "/api/v2/signingCert", try AuthorityTests.request(token, challenge: challenge))
                    #expect(answer.status == status)
                }
            }
        }
    }

    @Test func `of many who show one token at once, one is served`() async throws {
        try await withInstance { provider in
            let issuers = [TokenIssuer(url: provider.url, mapping: .subject, isOneTime: true)]
            try await withInstance(issuers: issuers) { running in
                let token = try provider.token()
                let served = try await withThrowingTaskGroup(of: Int.self) { group in
                    for _ in 0..<8 {
                        let request = try AuthorityTests.request(token, challenge: AuthorityTests.subject)
                        group.addTask { try await running.post("/api/v2/signingCert", request).status }
                    }
                    return try await group.reduce(into: 0) { $0 += $1 == 200 ? 1 : 0 }
                }
                #expect(served == 1)
            }
        }
    }

    @Test func `what has expired makes room, and a torn last line is forgotten`() async throws {
        try await withTemporaryDirectory { directory in
            let path = "\(directory)/used"
            let start = Date(timeIntervalSince1970: 1_800_000_000)
            let used = try await UsedTokens(path: path, capacity: 2, now: start)
            let end = start.addingTimeInterval(300)
            try await used.use("a", of: "issuer", until: end, now: start)
            try await used.use("a", of: "other", until: end, now: start)
            await #expect(throws: SigstoreError.self) {
                try await used.use("b", of: "issuer", until: end, now: start)
            }
            let later = end.addingTimeInterval(1)
            try await used.use("b", of: "issuer", until: later.addingTimeInterval(300), now: later)
            let handle = try #require(FileHandle(forUpdatingAtPath: path))
            try handle.truncate(atOffset: try handle.seekToEnd() - 10)
            try handle.close()
            let again = try await UsedTokens(path: path, capacity: 2, now: later)
            try await again.use("b", of: "issuer", until: later.addingTimeInterval(300), now: later)
        }
    }
}
