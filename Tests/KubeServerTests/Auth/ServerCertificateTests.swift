import Foundation
import KubeModel
import Manifest
import TestSupport
import Testing

@testable import KubeServer

@Suite struct ServerCertificateTests {
    private let now = Timestamp(seconds: 1_767_225_600)

    @Test func `keys are kept, and kept private`() async throws {
        try await withTemporaryDirectory { directory in
            let first = try ServerCertificate(
                directory: directory, names: ["localhost", "127.0.0.1"], now: now)
            let second = try ServerCertificate(directory: directory, names: ["localhost"], now: now)
            #expect(first.certificate == second.certificate)
            for file in ["ca.key", "server.key"] {
                let attributes = try FileManager.default.attributesOfItem(atPath: "\(directory)/\(file)")
                #expect(attributes[.posixPermissions] as? Int == 0o600)
            }
            _ = try second.configuration
        }
    }

    @Test func `a certificate that does not do any more is made anew by the same authority`() async throws {
        try await withTemporaryDirectory { directory in
            let first = try ServerCertificate(directory: directory, names: ["localhost"], now: now)
            let other = try ServerCertificate(directory: directory, names: ["example.com"], now: now)
            #expect(other.certificate != first.certificate)
            #expect(other.authority == first.authority)
            let soon = try ServerCertificate(
                directory: directory, names: ["example.com"], now: now.advanced(by: .seconds(180 * 86_400)))
            #expect(soon.certificate == other.certificate)
            // Who starts now has half a year and more before its certificate ends under it.
            let late = try ServerCertificate(
                directory: directory, names: ["example.com"], now: now.advanced(by: .seconds(185 * 86_400)))
            #expect(try late.end == now.advanced(by: .seconds((185 + 365) * 86_400)))
            #expect(late.certificate != other.certificate)
            #expect(late.authority == first.authority)
        }
    }

    @Test func `foreign files are not overwritten`() async throws {
        try await withTemporaryDirectory { directory in
            try PrivateFile.write(Array("x".utf8), to: "\(directory)/ca.crt")
            try PrivateFile.write(Array("x".utf8), to: "\(directory)/ca.key")
            #expect(throws: ServerError.self) {
                try ServerCertificate(directory: directory, names: ["localhost"], now: now)
            }
        }
    }

    @Test func `a kubeconfig carries what a client needs`() throws {
        let plain = Kubeconfig(server: "http://127.0.0.1:6443", authority: nil, token: "a/b").value
        #expect(plain["clusters"]?[0]?["cluster", "server"] == "http://slipway:a%2Fb@127.0.0.1:6443")
        let secure = Kubeconfig(server: "https://127.0.0.1:6443", authority: "PEM", token: "t").value
        #expect(
            secure["clusters"]?[0]?["cluster"] == [
                "server": "https://127.0.0.1:6443", "certificate-authority-data": "UEVN",
            ])
        #expect(secure["users"]?[0]?["user", "token"] == "t")
    }
}
