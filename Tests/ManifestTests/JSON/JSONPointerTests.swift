import Manifest
import Testing

@Suite struct JSONPointerTests {
    /// The document and the answers of RFC 6901, section 5.
    static let document: Value = [
        "foo": ["bar", "baz"], "": 0, "a/b": 1, "c%d": 2, "e^f": 3, "g|h": 4, "i\\j": 5, "k\"l": 6, " ": 7,
        "m~n": 8,
    ]

    @Test(
        arguments: [
            ("/foo", ["bar", "baz"]), ("/foo/0", "bar"), ("/", 0), ("/a~1b", 1), ("/c%d", 2), ("/e^f", 3),
            ("/g|h", 4),
            ("/i\\j", 5), ("/k\"l", 6), ("/ ", 7), ("/m~0n", 8), ("", document),
        ] as [(String, Value)])
    func `a pointer leads to its value`(text: String, expected: Value) throws {
        let pointer = try JSONPointer(text)
        #expect(Self.document[pointer] == expected)
        #expect(pointer.description == text)
    }

    @Test(arguments: [
        "/foo/2", "/foo/01", "/foo/-", "/foo/-1", "/missing", "/foo/0/x", "/foo/99999999999999999999",
    ])
    func `a pointer to nothing leads to nothing`(text: String) throws {
        #expect(Self.document[try JSONPointer(text)] == nil)
    }

    @Test(arguments: ["foo", "/~", "/~2", "/a~", "#/foo"])
    func `a malformed pointer is refused`(text: String) throws {
        let error = try #require(throws: ManifestError.self) { try JSONPointer(text) }
        #expect(error.code == .invalidPath)
        #expect(error.message.contains(text))
    }
}
