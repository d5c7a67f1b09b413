import Foundation
import TestSupport
import Testing

@testable import OCI

@Suite struct RegistryAccessTests {
    private static func closed(_ configuration: inout RegistryServer.Configuration) {
        configuration.access = .passwords(["ada": "se:cret"], allowsAnonymousPull: true)
    }

    @Test func `who pushes logs in, and others may pull`() async throws {
        try await RawClient.run(Self.closed) { client in
            let ping = try await client.send("GET", "/v2/")
            #expect(ping.status == 401 && ping.code == "UNAUTHORIZED")
            #expect(ping.header("www-authenticate")?.hasPrefix("Basic realm=") == true)
            let push = try await client.send("POST", "/v2/a/blobs/uploads/")
            #expect(push.status == 401)
            let wrong = try await client.send(
                "POST", "/v2/a/blobs/uploads/", [("authorization", "Basic YWRhOng=")])
            #expect(wrong.status == 401)
            let pull = try await client.send("GET", "/v2/a/blobs/\(Digest.sha256([1]))")
            #expect(pull.status == 404)
            let registry = client.registry
            func configuration(_ password: String) -> RegistryClient.Configuration {
                var configuration = RegistryClient.Configuration.impatient()
                configuration.credentials = .single(
                    .password(user: "ada", password: password), for: registry.domain)
                return configuration
            }
            let reference = try registry.reference("a")
            try await RegistryClient.withClient(configuration("se:cret")) { client in
                let blob = try await client.pushBlob([1], mediaType: .octetStream, to: reference)
                let isThere = try await client.hasBlob(blob.digest, in: reference)
                #expect(isThere)
            }
            await #expect {
                try await RegistryClient.withClient(configuration("other")) { client in
                    try await client.pushBlob([2], mediaType: .octetStream, to: reference)
                }
            } throws: { ($0 as? OCIError)?.code == .unauthorized }
            try await RegistryClient.withClient(.impatient()) { client in
                let content = try await client.blob(.sha256([1]), in: reference)
                #expect(content == [1])
            }
        }
    }

    @Test(.enabled(if: Program.path("openssl") != nil, "openssl is not installed"))
    func `a registry serves TLS, and a client that does not trust it says so`() async throws {
        try await withTemporaryDirectory { directory in
            try await runScript(
                """
                openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost \
                    -addext subjectAltName=DNS:localhost -keyout '\(directory)/key' -out '\(directory)/certificate' 2>/dev/null
                """)
            var settings = RegistryServer.Configuration(directory: "\(directory)/registry")
            try settings.useTLS(certificateFile: "\(directory)/certificate", keyFile: "\(directory)/key")
            let tls = settings.tls
            let authority = Array(try Data(contentsOf: URL(filePath: "\(directory)/certificate")))
            try await withRegistry({ $0.tls = tls }) { registry in
                let reference = try Reference(domain: "localhost:\(registry.port)", repository: "a")
                var configuration = RegistryClient.Configuration.impatient()
                configuration.security = .required
                let untrusting = configuration
                configuration.authorities = authority
                try await RegistryClient.withClient(configuration) { client in
                    _ = try await client.pushBlob([1], mediaType: .octetStream, to: reference)
                }
                await #expect {
                    try await RegistryClient.withClient(untrusting) { client in
                        try await client.blob(.sha256([1]), in: reference)
                    }
                } throws: { ($0 as? OCIError)?.code == .unreachable }
            }
        }
    }

    @Test func `a guard decides by repository, also on mounting`() async throws {
        try await RawClient.run({ configuration in
            configuration.access = RegistryGuard { access, _ in
                access.repository == "secret" && access.action == .pull ? .forbidden : .allowed
            }
        }) { client in
            let blob = try await client.push([1], to: "secret")
            let answer = try await client.send("GET", "/v2/secret/blobs/\(blob.digest)")
            #expect(answer.status == 403 && answer.code == "DENIED")
            let mount = try await client.send(
                "POST", "/v2/mine/blobs/uploads/?mount=\(blob.digest)&from=secret")
            #expect(mount.status == 202)
        }
    }
}
