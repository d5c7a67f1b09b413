import AsyncHTTPClient
import ClusterTestSupport
import Foundation
import KubeClient
import KubeModel
import KubeServer
import NIOCore
import NIOSSL
import Synchronization
import TestSupport
import Testing

@testable import Slipway

/// The certificate of an installation is made anew under the listeners that show it.
@Suite struct CertificateTests {
    private static let day: Int64 = 86_400

    private static let now = Timeline.continuous.date

    private static func ago(_ days: Int64) -> Timestamp { Timestamp(seconds: now.seconds - days * day) }

    /// Asks over a connection of its own, by a client that trusts the authority and nobody else.
    private static func ask(_ port: Int, authority: String, within limit: Int64) async throws {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMBytes(Array(authority.utf8)))
        let http = HTTPClient(
            eventLoopGroupProvider: .singleton,
            configuration: .init(tlsConfiguration: tls, timeout: .init(connect: .seconds(limit))))
        let result: Result<Void, any Error>
        do {
            _ = try await http.execute(
                HTTPClientRequest(url: "https://127.0.0.1:\(port)/version"), timeout: .minutes(2))
            result = .success(())
        } catch {
            result = .failure(error)
        }
        try await http.shutdown()
        try result.get()
    }

    @Test func `a listener shows the new certificate without being started anew`() async throws {
        try await withTemporaryDirectory { directory in
            // Made 400 days ago, it has ended, and nobody accepts it any more.
            let certificate = try ServingCertificate(
                directory: directory, names: ["127.0.0.1"], now: Self.ago(400))
            try await withServer { server in
                let (ports, ready) = AsyncStream<Int>.makeStream()
                let listener = HTTPListener(
                    server, tls: try certificate.configuration, logger: .silent
                ) { ready.yield($0) }
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { try await listener.run() }
                    var iterator = ports.makeAsyncIterator()
                    let port = try #require(await iterator.next())
                    let authority = certificate.authority
                    await #expect(throws: (any Error).self) {
                        try await Self.ask(port, authority: authority, within: 2)
                    }
                    #expect(try await certificate.renew(at: Self.ago(0)))
                    try await Self.ask(port, authority: authority, within: 120)
                    group.cancelAll()
                    try? await group.waitForAll()
                }
            }
        }
    }

    @Test func `it is made anew once half of its time is over, and kept`() async throws {
        try await withTemporaryDirectory { directory in
            let names = ["127.0.0.1", "localhost"]
            let certificate = try ServingCertificate(directory: directory, names: names, now: Self.ago(200))
            let authority = certificate.authority
            let first = try certificate.end
            #expect(try await certificate.renew(at: Self.ago(100)) == false)
            #expect(try certificate.end == first)
            #expect(try await certificate.renew(at: Self.ago(0)))
            #expect(try certificate.end.seconds - first.seconds == 200 * Self.day)
            #expect(certificate.authority == authority)
            #expect(try await certificate.renew(at: Self.ago(0)) == false)
            let again = try ServingCertificate(directory: directory, names: names, now: Self.ago(0))
            #expect(try again.end == certificate.end)
        }
    }

    @Test func `one of another authority, which no client knows, is not shown`() async throws {
        try await withTemporaryDirectory { directory in
            let certificate = try ServingCertificate(
                directory: directory, names: ["127.0.0.1"], now: Self.ago(200))
            let authority = certificate.authority
            let first = try certificate.end
            for file in ["ca.crt", "ca.key"] {
                try FileManager.default.removeItem(atPath: "\(directory)/\(file)")
            }
            await #expect(throws: SlipwayError.self) { try await certificate.renew(at: Self.ago(0)) }
            #expect(try certificate.end == first)
            #expect(certificate.authority == authority)
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `it is looked at every day, and what fails is said until it is mended`() async throws {
        try await withTemporaryDirectory { directory in
            let clock = ManualClock()
            let timeline = clock.timeline
            let certificate = try ServingCertificate(
                directory: directory, names: ["127.0.0.1"], now: timeline.date)
            let first = try certificate.end
            let notices = Mutex<[String]>([])
            let watch = CertificateWatch(certificate: certificate, timeline: timeline) { progress in
                if case .notice(let text) = progress { notices.withLock { $0.append(text) } }
            }
            let file = "\(directory)/ca.key"
            let key = try Data(contentsOf: URL(filePath: file))
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await watch.run() }
                // A day long everything is well.
                await clock.waitForSleepers(1)
                #expect(notices.withLock { $0 } == [])
                try Data("no key".utf8).write(to: URL(filePath: file))
                clock.advance(by: .seconds(200 * Self.day))
                await clock.waitForSleepers(1)
                let failures = notices.withLock { $0 }
                #expect(failures.count == 1)
                #expect(failures.first?.contains("good until \(first.rfc3339), cannot be renewed") == true)
                #expect(failures.first?.contains("are no certificate authority") == true)
                try key.write(to: URL(filePath: file))
                clock.advance(by: .seconds(Self.day))
                await clock.waitForSleepers(1)
                let said = notices.withLock { $0 }
                #expect(said.count == 2)
                #expect(
                    said.last?.hasSuffix("was renewed: good until \(try certificate.end.rfc3339)") == true)
                #expect(try certificate.end > first)
                clock.advance(by: .seconds(Self.day))
                await clock.waitForSleepers(1)
                #expect(notices.withLock { $0.count } == 2)
                group.cancelAll()
                try? await group.waitForAll()
            }
        }
    }
}
