import Foundation
import TestSupport
import Testing

@testable import Sigstore

@Suite struct LogFileTests {
    static func records(_ path: String, minimum: Int64 = 0) throws -> [[UInt8]] {
        let file = try LogFile(path)
        var bodies: [[UInt8]] = []
        try file.recover(minimum: minimum) { (record, _) throws(SigstoreError) in bodies.append(record.body) }
        return bodies
    }

    static let bodies: [[UInt8]] = [
        Array("first".utf8), [], Array(repeating: 7, count: 5000), Array("last".utf8),
    ]

    static func write(_ path: String) throws {
        let file = try LogFile(path)
        try file.recover(minimum: 0) { (_, _) throws(SigstoreError) in }
        let offsets = try file.append(bodies.map { LogFile.Record(time: 5, body: $0) })
        #expect(try file.record(at: offsets[2]).body == bodies[2])
    }

    @Test func `records are read as they were written`() async throws {
        try await withTemporaryDirectory { directory in
            try Self.write(directory + "/log")
            #expect(try Self.records(directory + "/log") == Self.bodies)
        }
    }

    @Test func `a record cut off at any byte goes, those before stay`() async throws {
        try await withTemporaryDirectory { directory in
            let path = directory + "/log"
            try Self.write(path)
            let whole = try Data(contentsOf: URL(filePath: path))
            let last = whole.count - LogFile.headerBytes - Self.bodies[3].count
            for size in last..<whole.count {
                try whole.prefix(size).write(to: URL(filePath: path))
                #expect(try Self.records(path) == Array(Self.bodies.dropLast()))
                #expect(try Data(contentsOf: URL(filePath: path)).count == last)
            }
        }
    }

    @Test func `a last record of zeros, as a power cut leaves it, goes`() async throws {
        try await withTemporaryDirectory { directory in
            let path = directory + "/log"
            try Self.write(path)
            var bytes = try Data(contentsOf: URL(filePath: path))
            let start = bytes.count - Self.bodies[3].count
            for index in start..<bytes.count { bytes[index] = 0 }
            try bytes.write(to: URL(filePath: path))
            #expect(try Self.records(path) == Array(Self.bodies.dropLast()))
        }
    }

    @Test func `damage before the end and a log that is too short are refused`() async throws {
        try await withTemporaryDirectory { directory in
            let path = directory + "/log"
            try Self.write(path)
            let whole = try Data(contentsOf: URL(filePath: path))
            var damaged = whole
            damaged[LogFile.headerBytes] ^= 1
            try damaged.write(to: URL(filePath: path))
            #expect(throws: SigstoreError.self) { try Self.records(path) }
            try whole.prefix(whole.count - 1).write(to: URL(filePath: path))
            #expect(throws: SigstoreError.self) { try Self.records(path, minimum: 4) }
            #expect(try Self.records(path, minimum: 3).count == 3)
        }
    }

    @Test func `two processes cannot have one log`() async throws {
        try await withTemporaryDirectory { directory in
            let first = try LogFile(directory + "/log")
            let error = #expect(throws: SigstoreError.self) { try LogFile(directory + "/log") }
            #expect(error?.code == .conflict)
            _ = first
        }
    }

    @Test func `a log that is brought back from an old copy is not opened`() async throws {
        try await withTemporaryDirectory { directory in
            let key = PrivateKey.p256()
            func open() async throws -> DevelopmentLog {
                try await DevelopmentLog(directory: directory, key: key, treeID: 1, now: { Date() })
            }
            func append(_ text: String) async throws {
                _ = try await open().append(ProposedEntry(try LogAPITests.entry(text)))
            }
            try await append("one")
            let old = try Data(contentsOf: URL(filePath: directory + "/entries"))
            try await append("two")
            let size = await (try open()).count
            #expect(size == 2)
            try old.write(to: URL(filePath: directory + "/entries"))
            await #expect(throws: SigstoreError.self) { try await open() }
        }
    }

    @Test func `a write that fails leaves no entry behind`() async throws {
        try await withTemporaryDirectory { directory in
            let key = PrivateKey.p256()
            let log = try await DevelopmentLog(directory: directory, key: key, treeID: 1, now: { Date() })
            _ = try await log.append(ProposedEntry(try LogAPITests.entry("one")))
            // A directory in the checkpoint's place cannot be replaced.
            let checkpoint = directory + "/checkpoint"
            let note = try Data(contentsOf: URL(filePath: checkpoint))
            try FileManager.default.removeItem(atPath: checkpoint)
            try FileManager.default.createDirectory(
                atPath: checkpoint + "/x", withIntermediateDirectories: true)
            let entry = try ProposedEntry(try LogAPITests.entry("two"))
            await #expect(throws: SigstoreError.self) { try await log.append(entry) }
            #expect(await log.count == 1)
            try FileManager.default.removeItem(atPath: checkpoint)
            try note.write(to: URL(filePath: checkpoint))
            #expect(try await log.append(entry).index == 1)
            #expect(try await log.entry(1)?.body == entry.body)
        }
    }
}
