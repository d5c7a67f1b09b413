import KubeServer
import TestSupport
import Testing

@Suite struct StoreTests {
    private func key(_ name: String) -> ObjectKey {
        ObjectKey(resource: "configmaps", namespace: "ns", name: name)
    }

    @Test func `a write is visible with its revision in its bytes`() async throws {
        let store = try Store(.memory)
        let (written, _) = try await store.write(key("a")) { _ in (.put(try .counter("a", 1)), ()) }
        let object = try #require(written)
        #expect(object.revision == store.revision)
        #expect(
            String(decoding: object.bytes, as: UTF8.self).contains(
                "\"resourceVersion\":\"\(object.revision)\""))
        #expect(store.object(key("a")) === object)
    }

    @Test func `a failing decision leaves everything as it was`() async throws {
        struct Refusal: Error {}
        let store = try Store(.memory)
        let before = store.revision
        await #expect(throws: Refusal.self) {
            try await store.write(key("a")) { _ -> (Store.Change, Void) in throw Refusal() }
        }
        #expect(store.revision == before)
        #expect(store.object(key("a")) == nil)
    }

    @Test func `no increment is lost when many writers change one object`() async throws {
        let store = try Store(.memory)
        let key = key("shared")
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<200 {
                group.addTask {
                    try await store.write(key) { current in
                        (.put(try .counter("shared", (current?.count ?? 0) + 1)), ())
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(store.object(key)?.count == 200)
    }

    @Test func `random schedules leave what a dictionary would hold, also after reopening`() async throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("store schedule seed: \(seed)")
        try await withTemporaryDirectory { directory in
            let path = "\(directory)/store.db"
            var random = SeededGenerator(seed: seed)
            var expected: [String: Int] = [:]
            var last: UInt64 = 0
            for _ in 0..<3 {
                let store = try Store(.file(path: path))
                #expect(store.revision >= last, "the revision went backwards")
                for name in 0..<40 {
                    #expect(store.object(key("o\(name)"))?.count == expected["o\(name)"])
                }
                for _ in 0..<150 {
                    let name = "o\(Int.random(in: 0..<40, using: &random))"
                    let removes = Bool.random(using: &random)
                    let value = Int.random(in: 0..<1000, using: &random)
                    try await store.write(key(name)) { current in
                        if removes {
                            return (current == nil ? .none : .delete(try .counter(name, 0)), ())
                        }
                        return (.put(try .counter(name, value)), ())
                    }
                    if removes { expected[name] = nil } else { expected[name] = value }
                    #expect(store.revision >= last)
                    last = store.revision
                }
                try store.close()
            }
        }
    }

    @Test func `a second server cannot open the database of a running one`() async throws {
        try await withTemporaryDirectory { directory in
            let path = "\(directory)/store.db"
            let store = try Store(.file(path: path))
            let error = #expect(throws: ServerError.self) { try Store(.file(path: path)) }
            #expect(error?.code == .inUse)
            try store.close()
        }
    }

    @Test func `a closed store refuses writes`() async throws {
        let store = try Store(.memory)
        try store.close()
        let error = await #expect(throws: ServerError.self) {
            try await store.write(key("a")) { _ in (.put(try .counter("a", 1)), ()) }
        }
        #expect(error?.code == .closed)
    }

    @Test func `bytes that no store writes are no draft`() {
        for text in [
            "", "[]", "{}", "{\"kind\":\"A\"}", "{\"kind\":\"A\",\"apiVersion\":\"v1\",\"metadata\":{}}",
        ] {
            #expect(ObjectDraft(bytes: Array(text.utf8)) == nil, "\(text)")
        }
    }
}
