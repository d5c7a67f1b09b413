import Foundation
import Git
import GitOps
import KubeModel
import Manifest
import TestSupport
import Testing

@testable import Slipway

/// What was signed, named and deployed under an address goes on when the settings choose another.
struct KnownAddressesTests {
    private static func known(
        _ directory: DataDirectory, _ web: String, _ registry: String
    ) throws(SlipwayError) -> KnownAddresses {
        try KnownAddresses(directory, web: web, registry: registry)
    }

    @Test func `former addresses are kept, the present ones first`() async throws {
        try await withTemporaryDirectory { folder in
            let directory = DataDirectory(folder)
            try directory.prepare()
            let first = try Self.known(directory, "http://127.0.0.1:8080", "127.0.0.1:5000")
            #expect(first.web == ["http://127.0.0.1:8080"] && first.registries == ["127.0.0.1:5000"])
            let second = try Self.known(directory, "https://slipway.example.com", "127.0.0.1:5001")
            #expect(second.web == ["https://slipway.example.com", "http://127.0.0.1:8080"])
            #expect(second.registries == ["127.0.0.1:5001", "127.0.0.1:5000"])
            #expect(
                second.mirrors == [
                    "registry.localhost": "127.0.0.1:5001", "127.0.0.1:5000": "127.0.0.1:5001",
                ])
            // And back again.
            let third = try Self.known(directory, "http://127.0.0.1:8080", "127.0.0.1:5000")
            #expect(third.web == ["http://127.0.0.1:8080", "https://slipway.example.com"])
            #expect(
                third.mirrors == [
                    "registry.localhost": "127.0.0.1:5000", "127.0.0.1:5001": "127.0.0.1:5000",
                ])
        }
    }

    @Test func `a file that cannot be read is told, never replaced`() async throws {
        try await withTemporaryDirectory { folder in
            let directory = DataDirectory(folder)
            try directory.prepare()
            try Data("{".utf8).write(to: URL(filePath: directory.addresses))
            let error = try #require(throws: SlipwayError.self) {
                try Self.known(directory, "http://127.0.0.1:8080", "127.0.0.1:5000")
            }
            #expect(error.code == .storage)
            #expect(try String(contentsOfFile: directory.addresses, encoding: .utf8) == "{")
        }
    }

    @Test func `the policy is about every registry and believes every issuer that there was`() throws {
        let before: Value = ["web": ["http://127.0.0.1:8080"], "registries": ["127.0.0.1:5000"]]
        let addresses = KnownAddresses(
            web: "https://slipway.example.com", registry: "127.0.0.1:5001", before: before)
        let objects = try StandingObjects(Settings(), addresses).all
        let policy = try #require(objects.first { $0.resource == .signaturePolicies }?.object)
        let spec = try ValueDecoder().decode(SignaturePolicySpec.self, from: policy["spec"] ?? .null)
        #expect(spec.images == ["127.0.0.1:5001/**", "127.0.0.1:5000/**", "registry.localhost/**"])
        #expect(spec.authorities.map(\.issuer) == ["https://slipway.example.com", "http://127.0.0.1:8080"])
        #expect(spec.authorities[1].identityRegExp == "http://127\\.0\\.0\\.1:8080/.*@candidate")
        #expect(spec.authorities.allSatisfy { $0.trustedRoot == SignaturePolicySpec.developmentRoot })
    }

    @Test(arguments: [
        ("http://127.0.0.1:8080/slipway/config.git", true),
        ("https://slipway.example.com/slipway/config", true),
        ("https://elsewhere.example.com/slipway/config.git", false),
    ])
    func `a repository is known under every address of its forge`(_ url: String, _ isOurs: Bool) throws {
        let repositories = HostedRepositories(
            bases: { ["https://slipway.example.com", "http://127.0.0.1:8080"] }, directory: "/srv/git",
            program: try GitProgram(path: try #require(Program.path("git"))))
        let found = repositories.addresses(of: url).map(RepositoryURL.normalized)
        #expect(
            found
                == (isOurs
                    ? ["https://slipway.example.com/slipway/config", "http://127.0.0.1:8080/slipway/config"]
                    : ["https://elsewhere.example.com/slipway/config"]))
        if isOurs { #expect(repositories.location(of: url) != nil) }
    }
}
