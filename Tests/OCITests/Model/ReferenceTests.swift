import OCI
import TestSupport
import Testing

@Suite struct ReferenceTests {
    struct Valid: Sendable, CustomTestStringConvertible {
        let text: String
        let full: String
        var testDescription: String { text }
        init(_ text: String, _ full: String) { (self.text, self.full) = (text, full) }
    }

    static let hex = String(repeating: "0123456789abcdef", count: 4)
    static let long = String(repeating: "a", count: 255)

    @Test(arguments: [
        Valid("debian", "docker.io/library/debian"),
        Valid("debian:12", "docker.io/library/debian:12"),
        Valid("library/debian", "docker.io/library/debian"),
        Valid("me/app:v1", "docker.io/me/app:v1"),
        Valid("docker.io/debian", "docker.io/library/debian"),
        Valid("index.docker.io/debian", "docker.io/library/debian"),
        Valid("index.docker.io/me/app", "docker.io/me/app"),
        Valid("localhost/app", "localhost/app"),
        Valid("localhost:5000/app:v1", "localhost:5000/app:v1"),
        Valid("127.0.0.1:5000/app", "127.0.0.1:5000/app"),
        Valid("[::1]:5000/app:v1", "[::1]:5000/app:v1"),
        Valid("[2001:DB8::1]/app", "[2001:DB8::1]/app"),
        Valid("ghcr.io/owner/app", "ghcr.io/owner/app"),
        Valid("Registry/app", "Registry/app"),
        Valid("a-b.example.com/app", "a-b.example.com/app"),
        Valid("example.com/a/b/c/d", "example.com/a/b/c/d"),
        Valid("example.com/a.b/c_d/e__f/g-h/i---j", "example.com/a.b/c_d/e__f/g-h/i---j"),
        Valid("app@sha256:\(hex)", "docker.io/library/app@sha256:\(hex)"),
        Valid("app:v1@sha256:\(hex)", "docker.io/library/app:v1@sha256:\(hex)"),
        Valid("example.com/app:_tag", "example.com/app:_tag"),
        Valid("example.com/app:Tag.1-2", "example.com/app:Tag.1-2"),
        Valid(
            "example.com/app:\(String(repeating: "t", count: 128))",
            "example.com/app:\(String(repeating: "t", count: 128))"),
        Valid("example.com/\(long)", "example.com/\(long)"),
        Valid("example.com/app@sha512:\(hex)\(hex)", "example.com/app@sha512:\(hex)\(hex)"),
        Valid("\(hex)a", "docker.io/library/\(hex)a"),
        Valid("192.168.0.1/app", "192.168.0.1/app"),
    ])
    func `a reference is completed as docker does`(_ example: Valid) throws {
        let reference = try Reference(parsing: example.text)
        #expect(reference.description == example.full)
        #expect(try Reference(parsing: reference.description) == reference)
    }

    @Test(arguments: [
        "", " ", "app ", "ap p", "app\n", ":tag", "@sha256:\(hex)", "app@", "app:", "app:-tag", "app:.tag",
        "app:ta/g", "app:\(String(repeating: "t", count: 129))", "App", "example.com/App", "example.com/",
        "/app", "example.com//app", "app/", "-app", "app-", "a..b", "a___b", "a._b", "_app",
        "example.com/.app",
        "example.com:port/app", "example.com:/app", "-example.com/app", "example-.com/app",
        "exa_mple.com/app",
        "ex..com/app", "[::1/app", "[]/app", "[::g]/app", "app@sha256:abc", "app@sha256:\(hex.uppercased())",
        "app@md5:\(hex)", "app@sha256:\(hex)@sha256:\(hex)", "app:a:b", hex, "example.com/\(long)a",
        "ünï/app",
        "app@sha512:\(hex)", "example.com/app:täg", "https://example.com/app", "app\u{0}", "a/b:c/d",
    ])
    func `what docker refuses is refused`(_ text: String) {
        #expect(throws: OCIError.self) { try Reference(parsing: text) }
    }

    @Test func `a reference reads back as itself, whatever its parts`() throws {
        let seed = UInt64.random(in: 0 ... .max)
        var generator = SeededGenerator(seed: seed)
        let domains = ["docker.io", "localhost:1", "[::1]:5000", "a.b-c.d:65535", "Reg"]
        let separators = [".", "_", "__", "-", "---", ""]
        for _ in 0..<500 {
            func part() -> String {
                (0..<Int.random(in: 1...3, using: &generator)).map { _ in
                    String(UInt32.random(in: 0...9_999, using: &generator), radix: 36)
                }.joined(separator: separators.randomElement(using: &generator) ?? "")
            }
            let path = (0..<Int.random(in: 1...4, using: &generator)).map { _ in part() }.joined(
                separator: "/")
            let reference = try Reference(
                domain: domains.randomElement(using: &generator) ?? "", repository: "x/" + path,
                tag: Bool.random(using: &generator) ? "T_\(part())" : nil,
                digest: Bool.random(using: &generator) ? .sha256(Array(path.utf8)) : nil)
            #expect(try Reference(parsing: reference.description) == reference, "seed \(seed)")
        }
    }

    @Test func `mutated references are read or refused, and what is read is stable`() {
        let seed = UInt64.random(in: 0 ... .max)
        var generator = SeededGenerator(seed: seed)
        let start = Array("reg.example.com:5000/team/app:v1.2@sha256:\(Self.hex)".utf8)
        for _ in 0..<5_000 {
            var bytes = start
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                let place = Int.random(in: bytes.indices, using: &generator)
                switch Int.random(in: 0..<3, using: &generator) {
                case 0: bytes[place] = UInt8.random(in: 0 ... .max, using: &generator)
                case 1: bytes.remove(at: place)
                default: bytes.insert(contentsOf: bytes[place...].prefix(9), at: place)
                }
            }
            let text = String(decoding: bytes, as: UTF8.self)
            guard let reference = try? Reference(parsing: text) else { continue }
            #expect((try? Reference(parsing: reference.description)) == reference, "seed \(seed): \(text)")
            #expect(reference.repository.utf8.count <= 255)
        }
    }

    @Test func `digest and tag choose what is asked of a registry`() throws {
        let both = try Reference(parsing: "example.com/app:v1@sha256:\(Self.hex)")
        #expect(both.identifier == "sha256:\(Self.hex)")
        #expect(try both.with(tag: "v2").description == "example.com/app:v2")
        #expect(try Reference(parsing: "app").identifier == nil)
        #expect(try Reference(parsing: "app").withDefaultTag.tag == "latest")
        #expect(both.withDefaultTag == both)
    }
}
