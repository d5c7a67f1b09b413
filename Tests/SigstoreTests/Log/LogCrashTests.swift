import Foundation
import Glibc
import Manifest
import TestSupport
import Testing

@testable import Sigstore

/// A log that is killed again and again while it grows.
@Suite struct LogCrashTests {
    private static let kills = 12

    @Test func `no entry that was answered is lost when the log is killed`() async throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("log crash seed: \(seed)")
        var random = SeededGenerator(seed: seed)
        try await withTemporaryDirectory { directory in
            try PrivateKey.p256().pemRepresentation.write(
                toFile: directory + "/key.pem", atomically: true, encoding: .utf8)
            var last: (size: Int64, root: [UInt8]) = (0, MerkleTree.emptyRoot)
            for _ in 0..<Self.kills {
                let delay = Int.random(in: 5...150, using: &random)
                await #expect(processExitsWith: .signal(SIGKILL)) {
                    [directory = directory as String, delay = delay as Int] in
                    try await LogVictim(directory: directory).appendUntilKilled(after: delay)
                }
                let log = try await LogVictim(directory: directory).open()
                let answered = try String(contentsOfFile: directory + "/answered", encoding: .utf8)
                for line in answered.split(separator: "\n") {
                    let words = line.split(separator: " ").map(String.init)
                    // A line that the kill cut off was not an answer.
                    guard words.count == 3, words[2] == "." else { continue }
                    let entry = try #require(
                        try await log.entry(Int64(words[0]) ?? -1), "entry \(words[0]) is gone")
                    #expect(Hex.encode(MerkleTree.leafHash(entry.body)) == words[1])
                }
                let size = await log.count
                #expect(size >= last.size, "the log has shrunk")
                let proof = try #require(await log.consistency(first: last.size, second: size))
                #expect(
                    MerkleTree.isConsistent(
                        first: last.size, firstRoot: last.root, second: size, secondRoot: proof.root,
                        proof: proof.hashes))
                last = (size, proof.root)
            }
            print("log entries over \(Self.kills) kills: \(last.size)")
            #expect(last.size > 0)
        }
    }
}

/// The log in the process that is killed.
struct LogVictim {
    let directory: String

    func open() async throws -> DevelopmentLog {
        let key = try PrivateKey(
            pemRepresentation: String(contentsOfFile: directory + "/key.pem", encoding: .utf8))
        return try await DevelopmentLog(directory: directory + "/log", key: key, treeID: 7, now: { Date() })
    }

    /// Appends as fast as it can until its own SIGKILL, noting in a file what was answered.
    func appendUntilKilled(after milliseconds: Int) async throws {
        let log = try await open()
        let notes = Glibc.open("\(directory)/answered", O_WRONLY | O_APPEND | O_CREAT, 0o600)
        let key = PrivateKey.p256()
        DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(milliseconds)) {
            kill(getpid(), SIGKILL)
        }
        await withTaskGroup(of: Void.self) { group in
            for writer in 0..<4 {
                group.addTask {
                    for number in 0..<100_000 {
                        let text = "\(getpid()) \(writer) \(number)"
                        guard let entry = try? ProposedEntry(try LogAPITests.entry(text, key: key)),
                            let (index, _) = try? await log.append(entry)
                        else { return }
                        let line = Array("\(index) \(Hex.encode(MerkleTree.leafHash(entry.body))) .\n".utf8)
                        _ = Glibc.write(notes, line, line.count)
                    }
                }
            }
        }
    }
}
