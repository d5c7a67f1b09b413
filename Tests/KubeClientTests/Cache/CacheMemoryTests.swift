import Foundation
import KubeModel
import Manifest
import Testing

@testable import KubeClient

/// What an object of 3.2 KB costs in each mode. Each measurement has a process of its own,
/// which says its number on standard error.
@Suite struct CacheMemoryTests {
    /// Allocated bytes for each of many objects that a table holds, as a watch would fill it.
    private static func bytesPerObject(_ mode: CacheMode) throws -> Int {
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../Vectors/deployment.json")
        let template = try JSON.parse([UInt8](Data(contentsOf: file)))
        var table = ObjectTable()
        let (warmUp, count) = (300, 1_500)
        var before = 0
        for number in 0..<(warmUp + count) {
            // The first objects fill what is shared, such as the table of keys and the allocator's free lists.
            if number == warmUp { before = try allocatedBytes() }
            var draft = template
            draft["metadata", "name"] = .string("service-\(number)-of-the-shop")
            draft["metadata", "uid"] = .string("f1bbcdcb-f1bb-f1bb-f1bb-\(100_000_000_000 + number)")
            draft["metadata", "resourceVersion"] = .string("\(100_000 + number)")
            // Through bytes, so that the tree is as a reader makes it.
            let value = try JSON.parse(JSON.write(draft))
            let metadata = value.metadata
            _ = table.store(
                CachedObject(
                    key: ObjectKey(value), uid: metadata.uid, resourceVersion: metadata.resourceVersion,
                    generation: metadata.generation, content: CachedObject.Content(value, mode: mode)),
                epoch: 0)
        }
        let used = try allocatedBytes() - before
        precondition(table.count == warmUp + count, "the table lost objects")
        return used / count
    }

    /// What the allocator has given out and not got back, from its own report (`malloc_info`).
    private static func allocatedBytes() throws -> Int {
        // Not in the C library's module, so that it is looked up by name.
        typealias Report = @convention(c) (Int32, UnsafeMutablePointer<FILE>) -> Int32
        let report = unsafeBitCast(try #require(dlsym(nil, "malloc_info")), to: Report.self)
        var text: UnsafeMutablePointer<CChar>?
        var length = 0
        let stream = try #require(open_memstream(&text, &length))
        _ = report(0, stream)
        fclose(stream)
        defer { free(text) }
        // The totals of all arenas come last.
        let totals = String(cString: try #require(text)).components(separatedBy: "</heap>").last ?? ""
        func size(_ element: String) -> Int? {
            totals.components(separatedBy: "<" + element).dropFirst().first?
                .components(separatedBy: "size=\"").dropFirst().first
                .flatMap { Int($0.prefix { $0.isNumber }) }
        }
        let system = try #require(size("system type=\"current\""))
        let unused = try #require(size("total type=\"fast\"")) + #require(size("total type=\"rest\""))
        return try system - unused + #require(size("total type=\"mmap\""))
    }

    /// Ends the process, successfully where the budget is kept.
    private static func check(_ mode: CacheMode, budget: Int) throws -> Never {
        let bytes = try bytesPerObject(mode)
        FileHandle.standardError.write(Data("\(bytes) bytes an object, \(budget) allowed\n".utf8))
        exit(bytes <= budget ? 0 : 1)
    }

    @Test func `a full object stays below 10 KB`() async {
        await #expect(processExitsWith: .success) { try Self.check(.full, budget: 10_240) }
    }

    @Test func `a raw object stays below 3.5 KB`() async {
        await #expect(processExitsWith: .success) { try Self.check(.raw, budget: 3_584) }
    }

    @Test func `metadata stays below 3 KB`() async {
        await #expect(processExitsWith: .success) { try Self.check(.metadata, budget: 3_072) }
    }

    @Test func `a fingerprint stays below 300 bytes`() async {
        await #expect(processExitsWith: .success) { try Self.check(.fingerprint, budget: 300) }
    }
}
