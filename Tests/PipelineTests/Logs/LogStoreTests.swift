import TestSupport
import Testing

@testable import Pipeline

@Suite struct LogStoreTests {
    private static let key = LogStore.Key(uid: "run-uid", step: StepID(.test, "unit"), attempt: 1)

    @Test func `a log is read in parts, and its end without the rest, while it is written and afterwards`()
        async throws
    {
        try await withTemporaryDirectory { directory in
            let store = LogStore(RunFiles(root: directory))
            #expect(try await store.tail(Self.key, digest: nil, bytes: 10) == nil)
            let writer = try await store.begin(Self.key)
            #expect(try await store.tail(Self.key, digest: nil, bytes: 10) == LogTail(bytes: [], length: 0))
            let bytes = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 / 7) }
            writer.append(bytes)
            try await check(store, bytes, digest: nil)
            let digest = try await store.finish(Self.key, writer)
            try await check(store, bytes, digest: digest)
            #expect(try await store.read(Self.key, digest: digest, from: 0) == bytes)
        }
    }

    private func check(_ store: LogStore, _ bytes: [UInt8], digest: String?) async throws {
        let tail = try await store.tail(Self.key, digest: digest, bytes: 1000)
        #expect(tail == LogTail(bytes: Array(bytes.suffix(1000)), length: bytes.count))
        let whole = try await store.tail(Self.key, digest: digest, bytes: 4_000_000)
        #expect(whole == LogTail(bytes: bytes, length: bytes.count))
        var read: [UInt8] = []
        while let part = try await store.read(Self.key, digest: digest, from: read.count, limit: 700_000),
            !part.isEmpty
        {
            #expect(part.count <= 700_000)
            read += part
        }
        #expect(read == bytes)
        for offset in [bytes.count, bytes.count + 1, .max] {
            #expect(try await store.read(Self.key, digest: digest, from: offset) == [])
        }
        #expect(try await store.read(Self.key, digest: digest, from: -1, limit: 3) == Array(bytes.prefix(3)))
    }
}
