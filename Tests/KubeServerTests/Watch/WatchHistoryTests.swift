import ClusterTestSupport
import Foundation
import KubeModel
import KubeServer
import Synchronization
import TestSupport
import Testing

/// Watchers that come and go while many objects change.
@Suite struct WatchHistoryTests {
    private static let watchers = 200
    private static let writes = 5_000

    @Test func `every watcher sees a gap-free ordered history across disconnects`() async throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("watch history seed: \(seed)")
        try await withServer { server in
            let start = try await revision(server)
            let written = try await withThrowingTaskGroup(of: [UInt64].self) { group in
                group.addTask { try await write(server, seed: seed) }
                for number in 0..<Self.watchers {
                    group.addTask {
                        try await watch(server, from: start, seed: seed &+ UInt64(number) &+ 1)
                    }
                }
                var histories: [[UInt64]] = []
                for try await history in group { histories.append(history) }
                return histories
            }
            let all = try #require(written.max { $0.count < $1.count })
            #expect(all.count == Self.writes)
            #expect(zip(all, all.dropFirst()).allSatisfy { $0 < $1 })
            // The writer does not know the revisions of its ten creations.
            #expect(written.filter { $0.count < Self.writes }.count == 1)
            for history in written where history.count < Self.writes {
                #expect(Set(all).isSuperset(of: history))
            }
            #expect(written.filter { $0.count == Self.writes }.allSatisfy { $0 == all })
        }
    }

    /// The revision that watches start from.
    private func revision(_ server: APIServer) async throws -> UInt64 {
        let response = await server.handle(APIRequest(.get, "/api/v1/configmaps"), as: .server)
        guard case .bytes(let bytes) = response.body else { return 0 }
        return try #require(Self.revisions(in: bytes).first)
    }

    /// Makes all writes, several at a time, and answers the revisions they got in order.
    private func write(_ server: APIServer, seed: UInt64) async throws -> [UInt64] {
        let path = "/api/v1/namespaces/default/configmaps"
        let json: APIHeaders = ["Content-Type": "application/merge-patch+json"]
        let writers = 10
        for number in 0..<writers {
            let body = "{\"metadata\":{\"name\":\"c\(number)\"},\"data\":{\"n\":\"0\"}}"
            _ = await server.handle(APIRequest(.post, path, body: Array(body.utf8)), as: .server)
        }
        let objects = try await withThrowingTaskGroup(of: [UInt64].self) { group in
            for number in 0..<writers {
                group.addTask {
                    var revisions: [UInt64] = []
                    for count in 1..<(Self.writes / writers) {
                        let body = Array("{\"data\":{\"n\":\"\(count)\"}}".utf8)
                        let response = await server.handle(
                            APIRequest(.patch, "\(path)/c\(number)", headers: json, body: body), as: .server)
                        guard case .bytes(let bytes) = response.body else { continue }
                        revisions += Self.revisions(in: bytes)
                    }
                    return revisions
                }
            }
            var revisions: [UInt64] = []
            for try await part in group { revisions += part }
            return revisions
        }
        #expect(objects.count == Self.writes - writers)
        // The creations came first; their revisions are known to the watchers alone.
        return objects.sorted()
    }

    /// Reads the history to its end, reconnecting from the last revision seen at random moments.
    private func watch(_ server: APIServer, from start: UInt64, seed: UInt64) async throws -> [UInt64] {
        var random = SeededGenerator(seed: seed)
        var seen: [UInt64] = []
        while seen.count < Self.writes {
            let from = seen.last ?? start
            let request = APIRequest(
                .get, "/api/v1/configmaps", query: [.init("watch", "1"), .init("resourceVersion", "\(from)")])
            let response = await server.handle(request, as: .server)
            guard case .stream(let chunks) = response.body else {
                Issue.record("no stream")
                return seen
            }
            var chunksLeft = Int.random(in: 1...40, using: &random)
            for try await chunk in chunks {
                seen += Self.revisions(in: chunk)
                chunksLeft -= 1
                if chunksLeft == 0 || seen.count >= Self.writes { break }
            }
        }
        return seen
    }

    /// The resource versions in JSON text, in order.
    private static func revisions(in bytes: [UInt8]) -> [UInt64] {
        // Found by their capital letter, as parsing a million events would take most of the test's time.
        let mark = Array("\"resourceVersion\":\"".utf8)
        let capital = 9
        return bytes.withUnsafeBytes { buffer in
            var found: [UInt64] = []
            guard let base = buffer.baseAddress else { return found }
            var place = 0
            while place < buffer.count, let hit = memchr(base + place, 0x56, buffer.count - place) {
                place = UnsafeRawPointer(hit) - base + 1
                let start = place - 1 - capital
                guard start >= 0, start + mark.count <= buffer.count,
                    memcmp(base + start, mark, mark.count) == 0
                else { continue }
                place = start + mark.count
                var number: UInt64 = 0
                while place < buffer.count, case let digit = buffer[place], digit >= 0x30, digit <= 0x39 {
                    number = number * 10 + UInt64(digit - 0x30)
                    place += 1
                }
                found.append(number)
            }
            return found
        }
    }
}
