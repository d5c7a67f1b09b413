import Testing

@testable import KubeClient

@Suite struct LineSplitterTests {
    private func lines(_ chunks: [String], limit: Int = 100) throws -> [String] {
        var splitter = LineSplitter(limit: limit)
        var lines: [String] = []
        for chunk in chunks {
            splitter.append([UInt8](chunk.utf8))
            while let line = try splitter.next() { lines.append(String(decoding: line, as: UTF8.self)) }
        }
        if let rest = splitter.rest() { lines.append("rest:" + String(decoding: rest, as: UTF8.self)) }
        return lines
    }

    @Test func `lines are found wherever the chunks are cut`() throws {
        let text = "one\ntwo\n\nthree is longer\r\nfour\n"
        let expected = ["one", "two", "three is longer\r", "four"]
        for size in 1...text.utf8.count {
            let bytes = Array(text.utf8)
            let chunks = stride(from: 0, to: bytes.count, by: size).map {
                String(decoding: bytes[$0..<min($0 + size, bytes.count)], as: UTF8.self)
            }
            #expect(try lines(chunks) == expected, "chunks of \(size)")
        }
    }

    @Test func `what follows the last line end is kept apart`() throws {
        #expect(try lines(["a\nb", "c"]) == ["a", "rest:bc"])
        #expect(try lines(["a\n"]) == ["a"])
        #expect(try lines([]) == [])
    }

    @Test func `a line beyond the limit is refused before it is complete`() throws {
        #expect(try lines(["12345\n"], limit: 5) == ["12345"])
        #expect(throws: KubeClientError.self) { try lines(["123456"], limit: 5) }
        #expect(throws: KubeClientError.self) { try lines(["123456\n"], limit: 5) }
    }
}
