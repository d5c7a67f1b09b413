import Inventory
import Testing

@Suite struct LockfileTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var file: String
        var text: String
        var packages: [String]
        var testDescription: String { file }
    }

    static let cases = [
        Case(
            file: "Package.resolved",
            text: #"""
                {"pins":[
                 {"identity":"swift-nio","kind":"remoteSourceControl","location":"https://GitHub.com/apple/swift-nio.git",
                  "state":{"revision":"abc","version":"2.65.0"}},
                 {"identity":"mona.link","kind":"registry","location":"","state":{"version":"1.0.0"}},
                 {"identity":"own","kind":"localSourceControl","location":"/x","state":{"revision":"d"}},
                 {"identity":"tip","kind":"remoteSourceControl","location":"git@example.org:team/tip",
                  "state":{"branch":"main","revision":"0123"}}],"version":3}
                """#,
            packages: [
                "pkg:swift/github.com/apple/swift-nio@2.65.0", "pkg:swift/mona/link@1.0.0",
                "pkg:swift/example.org/team/tip@0123",
            ]),
        Case(
            file: "app/Package.resolved",
            text: #"""
                {"object":{"pins":[{"package":"NIO","repositoryURL":"https://github.com/apple/swift-nio",
                 "state":{"branch":null,"revision":"abc","version":"2.1.0"}}]},"version":1}
                """#,
            packages: ["pkg:swift/github.com/apple/swift-nio@2.1.0"]),
        Case(
            file: "package-lock.json",
            text: #"""
                {"lockfileVersion":3,"packages":{"":{"name":"shop"},
                 "node_modules/@babel/core":{"version":"7.24.0","dev":true,"license":"MIT","integrity":"sha256-AAEC"},
                 "node_modules/a/node_modules/left-pad":{"version":"1.3.0"},
                 "node_modules/alias":{"name":"real","version":"2.0.0"},
                 "node_modules/ws":{"resolved":"packages/ws","link":true},"packages/ws":{"version":"0.0.1"}}}
                """#,
            packages: ["pkg:npm/%40babel/core@7.24.0", "pkg:npm/left-pad@1.3.0", "pkg:npm/real@2.0.0"]),
        Case(
            file: "web/package-lock.json",
            text: #"""
                {"lockfileVersion":1,"dependencies":{"a":{"version":"1.0.0","dependencies":{"b":{"version":"2.0.0"}}},
                 "c":{"version":"npm:d@3.0.0"}}}
                """#,
            packages: ["pkg:npm/a@1.0.0", "pkg:npm/b@2.0.0", "pkg:npm/d@3.0.0"]),
        Case(
            file: "requirements-dev.txt",
            text: """
                # tools
                -r base.txt
                Flask[async]==3.0.3 ; python_version > "3.8" \\
                    --hash=sha256:AB12
                typing_extensions >= 4, == 4.12.2
                unpinned
                requests==2.*
                ./local
                thing @ https://example.org/thing.whl  # from the web
                """,
            packages: [
                "pkg:pypi/flask@3.0.3", "pkg:pypi/typing-extensions@4.12.2", "pkg:pypi/unpinned",
                "pkg:pypi/requests",
                "pkg:pypi/thing",
            ]),
        Case(
            file: "uv.lock",
            text: """
                version = 1
                requires-python = ">=3.12"

                [[package]]
                name = "app"
                version = "0.1.0"
                source = { editable = "." }
                dependencies = [
                    { name = "anyio" },
                ]

                [[package]]
                name = "anyio"
                version = "4.4.0"
                source = { registry = "https://pypi.org/simple" }
                dependencies = [
                    { name = "idna", marker = "python_full_version < '3.13'" },
                ]
                sdist = { url = "https://x/anyio.tar.gz", hash = "sha256:5aad", size = 163930 }
                wheels = [
                    { url = "https://x/anyio.whl", hash = "sha256:c1b2", size = 86780 },
                ]

                [package.optional-dependencies]
                trio = [ { name = "trio" } ]

                [[package]]
                name = "idna"
                version = "3.7"
                source = { registry = "https://pypi.org/simple" }
                """,
            packages: ["pkg:pypi/anyio@4.4.0", "pkg:pypi/idna@3.7"]),
        Case(
            file: "go.sum",
            text: """
                github.com/gorilla/mux v1.8.0 h1:aaa=
                github.com/gorilla/mux v1.8.0/go.mod h1:bbb=
                github.com/gorilla/mux v1.8.1 h1:ccc=
                golang.org/x/text v0.3.0-20200101000000-abcdefabcdef h1:ddd=
                golang.org/x/text v0.3.0 h1:eee=
                golang.org/x/sys v0.1.0/go.mod h1:fff=
                """,
            packages: ["pkg:golang/github.com/gorilla/mux@v1.8.1", "pkg:golang/golang.org/x/text@v0.3.0"]),
        Case(
            file: "Cargo.lock",
            text: """
                # This file is automatically @generated by Cargo.
                version = 3

                [[package]]
                name = "app"
                version = "0.1.0"
                dependencies = [
                 "serde",
                ]

                [[package]]
                name = "serde"
                version = "1.0.200"
                source = "registry+https://github.com/rust-lang/crates.io-index"
                checksum = "ddc6f9cc94d67c0e21aaf7eda3a010fd3af78ebf6e096aa6e2e13c79749cce4f"
                """,
            packages: ["pkg:cargo/serde@1.0.200"]),
        Case(
            file: "rootfs/var/lib/dpkg/status",
            text: """
                Package: libc6
                Status: install ok installed
                Architecture: amd64
                Source: glibc (2.36-9)
                Version: 2.36-9+deb12u4
                Description: GNU C Library
                 more: text

                Package: gone
                Status: deinstall ok config-files
                Version: 1
                """,
            packages: ["pkg:deb/debian/libc6@2.36-9%2Bdeb12u4?arch=amd64&distro=debian-12"]),
    ]

    @Test(arguments: cases) func `a lock file lists its packages`(sample: Case) throws {
        let kind = try #require(Lockfile(path: sample.file))
        let components = try kind.components(
            of: Array(sample.text.utf8), location: sample.file,
            distribution: Distribution(identifier: "debian", version: "12"))
        #expect(Set(components.map(\.package.description)) == Set(sample.packages))
        #expect(components.allSatisfy { $0.location == sample.file })
    }

    @Test func `scope, hash, license and source are kept`() throws {
        let npm = try Lockfile.packageLock.components(of: Array(Self.cases[2].text.utf8), location: "l")
        let babel = try #require(npm.first { $0.package.name == "core" })
        #expect(babel.scope == .development)
        #expect(babel.hashes == [.init(algorithm: "SHA-256", value: "000102")])
        #expect(babel.license == "MIT")
        let debian = try Lockfile.dpkgStatus.components(of: Array(Self.cases[8].text.utf8), location: "l")
        #expect(debian.first?.source == .init(name: "glibc", version: "2.36-9"))
        let flask = try Lockfile.requirements.components(of: Array(Self.cases[4].text.utf8), location: "l")[0]
        #expect(flask.hashes == [.init(algorithm: "SHA-256", value: "ab12")])
        #expect(flask.line == 3)
    }

    @Test func `dependencies lead to the version that is locked`() throws {
        let components = try Lockfile.uvLock.components(of: Array(Self.cases[5].text.utf8), location: "l")
        #expect(components[0].dependencies.map(\.description) == ["pkg:pypi/idna@3.7"])
    }

    @Test(arguments: [
        (Lockfile.packageResolved, #"{"version":9,"pins":[]}"#), (.packageResolved, "{"),
        (.packageLock, "[]"),
        (.packageLock, #"{"lockfileVersion":7}"#), (.goSum, "one two\n"),
        (.cargoLock, "[[package]]\nname = \"a\n"),
        (.cargoLock, "[[package]]\nname = \"a\"\n"), (.uvLock, "a = [1, 2"), (.uvLock, "a = 1\na = 2\n"),
        (.uvLock, "a = bare"), (.requirements, "==1"), (.dpkgStatus, "no field\n"),
        (.uvLock, "a = " + String(repeating: "[", count: 100_000)),
    ])
    func `a broken lock file is refused with its name`(kind: Lockfile, text: String) {
        let error = #expect(throws: InventoryError.self) {
            try kind.components(of: Array(text.utf8), location: "the/file")
        }
        #expect(error?.file == "the/file")
    }

    @Test(arguments: ["README.md", "requirements.md", "status", "lib/dpkg/status", "go.mod", ""])
    func `other files are none`(path: String) {
        #expect(Lockfile(path: path) == nil)
    }

    @Test func `the folder of images without a package manager is a database`() {
        #expect(Lockfile(path: "var/lib/dpkg/status.d/base-files") == .dpkgStatus)
        #expect(Lockfile(path: "var/lib/dpkg/status.d/base-files.md5sums") == nil)
    }

    @Test func `an os-release names the distribution`() {
        let text = "# x\nPRETTY_NAME=\"Debian GNU/Linux 12\"\nID=debian\nVERSION_ID=\"12\"\n"
        #expect(Distribution(osRelease: text.utf8) == Distribution(identifier: "debian", version: "12"))
        #expect(Distribution(osRelease: "NAME=x".utf8) == nil)
    }
}
