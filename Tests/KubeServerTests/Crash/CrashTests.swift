import Foundation
import KubeModel
import KubeServer
import Manifest
import TestSupport
import Testing

/// A server that is killed again and again while it is written to.
@Suite struct CrashTests {
    private static let kills = 50

    @Test func `no acknowledged write is lost when the server is killed`() async throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("crash seed: \(seed)")
        var random = SeededGenerator(seed: seed)
        try await withTemporaryDirectory { directory in
            var last: UInt64 = 0
            var acknowledged = 0
            var round = 0
            // On a machine with other work a server may be killed before it has acknowledged anything: then it is
            // killed more often.
            while round < Self.kills || acknowledged <= Self.kills && round < 10 * Self.kills {
                round += 1
                let delay = Int.random(in: 1...120, using: &random)
                await #expect(processExitsWith: .signal(SIGKILL)) {
                    [directory = directory as String, delay = delay as Int] in
                    try await Victim(directory: directory).writeUntilKilled(after: delay)
                }
                let log = try AcknowledgedWrites(directory: directory)
                let store = try Store(.file(path: "\(directory)/cluster.db"))
                #expect(store.revision >= log.revision, "the revision went backwards")
                #expect(store.revision >= last)
                for (name, count) in log.counts {
                    let key = ObjectKey(resource: "configmaps", namespace: "default", name: name)
                    let stored = try #require(store.object(key)?.count, "\(name) is gone")
                    #expect(stored >= count, "\(name) lost acknowledged writes")
                }
                last = store.revision
                acknowledged = log.total
                try store.close()
            }
            print("acknowledged writes over \(round) kills: \(acknowledged)")
            #expect(acknowledged > Self.kills)
        }
    }
}

/// The server in the process that is killed, and its clients.
struct Victim {
    let directory: String

    /// Writes as fast as it can until its own SIGKILL, noting in a file what was acknowledged.
    func writeUntilKilled(after milliseconds: Int) async throws {
        let server = try await APIServer.open(.init(store: .file(path: "\(directory)/cluster.db")))
        let log = open("\(directory)/acknowledged", O_WRONLY | O_APPEND | O_CREAT, 0o600)
        DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(milliseconds)) {
            kill(getpid(), SIGKILL)
        }
        await withTaskGroup(of: Void.self) { group in
            for writer in 0..<8 {
                group.addTask { await increment("w\(writer)", server, log: log) }
            }
        }
    }

    private func increment(_ name: String, _ server: APIServer, log: Int32) async {
        let path = "/api/v1/namespaces/default/configmaps"
        let body = "{\"metadata\":{\"name\":\"\(name)\"},\"data\":{\"count\":\"0\"}}"
        _ = await server.handle(APIRequest(.post, path, body: Array(body.utf8)), as: .server)
        while !Task.isCancelled {
            let next = await count(of: "\(path)/\(name)", server) + 1
            let patch = Array("{\"data\":{\"count\":\"\(next)\"}}".utf8)
            let response = await server.handle(
                APIRequest(
                    .patch, "\(path)/\(name)", headers: ["Content-Type": "application/merge-patch+json"],
                    body: patch), as: .server)
            guard response.status == 200, case .bytes(let bytes) = response.body,
                let object = try? JSON.parse(bytes)
            else { continue }
            // One write to a file opened for appending: the line is there whole, whatever happens to the process.
            let line = "\(name) \(next) \(object.metadata.resourceVersion)\n"
            _ = line.withCString { Foundation.write(log, $0, line.utf8.count) }
        }
    }
}

extension Victim {
    fileprivate func count(of path: String, _ server: APIServer) async -> Int {
        let response = await server.handle(APIRequest(.get, path), as: .server)
        guard case .bytes(let bytes) = response.body, let object = try? JSON.parse(bytes) else { return 0 }
        return object["data"]?["count"]?.stringValue.flatMap { Int($0) } ?? 0
    }
}

/// What the killed servers have acknowledged so far.
private struct AcknowledgedWrites {
    private(set) var counts: [String: Int] = [:]
    private(set) var revision: UInt64 = 0
    private(set) var total = 0

    init(directory: String) throws {
        guard let text = try? String(contentsOfFile: "\(directory)/acknowledged", encoding: .utf8) else {
            return
        }
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ")
            let count = try #require(Int(words[1]))
            counts[String(words[0])] = max(counts[String(words[0])] ?? 0, count)
            revision = max(revision, try #require(UInt64(words[2])))
            total += 1
        }
    }
}
