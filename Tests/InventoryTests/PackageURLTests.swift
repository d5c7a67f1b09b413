import Inventory
import Testing

@Suite struct PackageURLTests {
    struct Spelling: Sendable {
        var text: String
        var type: String
        var namespace: String?
        var name: String
        var version: String?
        var qualifiers: [String: String] = [:]
    }

    static let spellings = [
        Spelling(
            text: "pkg:npm/%40babel/core@7.24.0", type: "npm", namespace: "@babel", name: "core",
            version: "7.24.0"),
        Spelling(
            text: "pkg:deb/debian/libc6@2.36-9%2Bdeb12u4?arch=amd64&distro=debian-12", type: "deb",
            namespace: "debian",
            name: "libc6", version: "2.36-9+deb12u4", qualifiers: ["arch": "amd64", "distro": "debian-12"]),
        Spelling(
            text: "pkg:golang/github.com/gorilla/mux@v1.8.1", type: "golang", namespace: "github.com/gorilla",
            name: "mux", version: "v1.8.1"),
        Spelling(
            text: "pkg:swift/github.com/apple/swift-nio@2.65.0", type: "swift", namespace: "github.com/apple",
            name: "swift-nio", version: "2.65.0"),
        Spelling(text: "pkg:cargo/serde@1.0.200", type: "cargo", name: "serde", version: "1.0.200"),
        Spelling(text: "pkg:pypi/typing-extensions", type: "pypi", name: "typing-extensions"),
    ]

    @Test(arguments: spellings) func `a package URL is written and read`(spelling: Spelling) throws {
        let made = PackageURL(
            type: spelling.type, namespace: spelling.namespace, name: spelling.name,
            version: spelling.version,
            qualifiers: spelling.qualifiers)
        #expect(made.description == spelling.text)
        #expect(try #require(PackageURL(spelling.text)) == made)
    }

    @Test func `Python names are compared as their index does`() {
        #expect(
            PackageURL(type: "PyPI", name: "Typing_Extensions") == PackageURL("pkg:pypi/typing-extensions"))
        #expect(PackageURL.normalizedPythonName("a-_.b") == "a-b")
    }

    @Test(arguments: ["", "pkg:", "pkg:npm", "npm/left-pad", "pkg:npm/a%zz", "pkg:npm/a@1?x"])
    func `what is no package URL is refused`(text: String) {
        #expect(PackageURL(text) == nil)
    }
}
