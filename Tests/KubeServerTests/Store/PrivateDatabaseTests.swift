import Foundation
import TestSupport
import Testing

@testable import KubeServer

/// Objects hold Secrets, so other users of the machine may not read the file that keeps them.
struct PrivateDatabaseTests {
    private static func mode(_ path: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    }

    private static func open(_ mode: Int, _ path: String) throws {
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
    }

    /// Writes an object, so that there is a log beside the database.
    private static func write(_ store: Store) async throws {
        let json =
            #"{"kind":"Secret","apiVersion":"v1","metadata":{"name":"s","namespace":"ns","resourceVersion":""}}"#
        let draft = try #require(ObjectDraft(bytes: Array(json.utf8)))
        let key = ObjectKey(resource: "secrets", namespace: "ns", name: "s")
        _ = try await store.write(key) { _ in (.put(draft), ()) }
    }

    @Test func `a new database is its owner's alone, in a directory that is open to all`() async throws {
        try await withTemporaryDirectory { directory in
            try Self.open(0o755, directory)
            let path = "\(directory)/cluster.db"
            let store = try Store(.file(path: path))
            try await Self.write(store)
            #expect(try Self.mode(path) == 0o600)
            #expect(try Self.mode("\(path)-wal") == 0o600)
            try store.close()
        }
    }

    @Test func `a database that all may read, and what a crash has left beside it, is narrowed`() async throws
    {
        try await withTemporaryDirectory { directory in
            let path = "\(directory)/cluster.db"
            let first = try Store(.file(path: path))
            try await Self.write(first)
            // As after a crash: the log is still there.
            let copy = "\(directory)/copy.db"
            for suffix in ["", "-wal"] {
                try FileManager.default.copyItem(atPath: path + suffix, toPath: copy + suffix)
                try Self.open(0o644, copy + suffix)
            }
            try first.close()
            let second = try Store(.file(path: copy))
            #expect(try Self.mode(copy) == 0o600)
            if FileManager.default.fileExists(atPath: "\(copy)-wal") {
                #expect(try Self.mode("\(copy)-wal") == 0o600)
            }
            #expect(second.object(ObjectKey(resource: "secrets", namespace: "ns", name: "s")) != nil)
            try second.close()
        }
    }
}
