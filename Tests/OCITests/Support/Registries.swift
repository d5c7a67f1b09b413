import Foundation
import Hummingbird
import Logging
import NIOCore
import Synchronization
import TestSupport
import Testing

@testable import OCI

/// A registry that a test talks to.
struct TestRegistry: Sendable {
    let port: Int
    let directory: String
    var domain: String { "127.0.0.1:\(port)" }

    func reference(_ repository: String, tag: String? = nil, digest: Digest? = nil) throws -> Reference {
        try Reference(domain: domain, repository: repository, tag: tag, digest: digest)
    }

    static let commit = String(repeating: "0123456789", count: 4)
}

let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

/// Runs a body while a service listens, and gives it the port.
func withService<Answer: Sendable>(
    _ run: @escaping @Sendable (_ onReady: @escaping @Sendable (Int) async -> Void) async throws -> Void,
    _ body: (Int) async throws -> Answer
) async throws -> Answer {
    let (ports, continuation) = AsyncStream.makeStream(of: Int.self)
    return try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask {
            defer { continuation.finish() }
            try await run { port in continuation.yield(port) }
        }
        defer { group.cancelAll() }
        var iterator = ports.makeAsyncIterator()
        guard let port = await iterator.next() else {
            try await group.next()
            throw OCIError(.configuration, "the service did not start")
        }
        return try await body(port)
    }
}

/// Runs a body with our own registry.
func withRegistry<Answer: Sendable>(
    directory: String? = nil, _ change: (inout RegistryServer.Configuration) -> Void = { _ in },
    _ body: (TestRegistry) async throws -> Answer
) async throws -> Answer {
    try await withTemporaryDirectory { temporary in
        let path = directory ?? temporary
        var configuration = RegistryServer.Configuration(directory: path)
        change(&configuration)
        let settings = configuration
        return try await withService { onReady in
            try await RegistryServer(settings, logger: silent, onReady: onReady).run()
        } _: { port in
            try await body(TestRegistry(port: port, directory: path))
        }
    }
}

/// Runs a body with Debian's registry.
func withDebianRegistry<Answer: Sendable>(
    _ body: (TestRegistry) async throws -> Answer
) async throws -> Answer {
    let program = try #require(Program.path("docker-registry"))
    return try await withTemporaryDirectory { directory in
        let configuration = """
            version: 0.1
            log: {level: info}
            storage: {filesystem: {rootdirectory: \(directory)/data}, delete: {enabled: true}}
            http: {addr: "127.0.0.1:0"}
            """
        let file = "\(directory)/config.yml"
        try Data(configuration.utf8).write(to: URL(filePath: file))
        let process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments = ["serve", file]
        let output = Pipe()
        process.standardError = output
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        defer {
            process.terminate()
            process.waitUntilExit()
        }
        let log = output.fileHandleForReading
        let text = try await BlockingQueue(label: "scripts").run { () throws -> String in
            var text = ""
            while !text.contains("listening on") || !text.hasSuffix("\n") {
                let data = log.availableData
                guard !data.isEmpty else { throw OCIError(.configuration, "docker-registry ended: \(text)") }
                text += String(decoding: data, as: UTF8.self)
            }
            return text
        }
        let address = try #require(text.firstMatch(of: /listening on 127\.0\.0\.1:([0-9]+)/))
        let port = try #require(Int(address.1))
        // What it logs later must not fill the pipe.
        output.fileHandleForReading.readabilityHandler = { _ = $0.availableData }
        defer { output.fileHandleForReading.readabilityHandler = nil }
        return try await body(TestRegistry(port: port, directory: directory))
    }
}

/// Which registry a test of the client talks to.
enum Peer: String, CaseIterable, Sendable, CustomTestStringConvertible {
    case ours, debian

    /// The peers this machine has.
    static var present: [Peer] { Program.path("docker-registry") == nil ? [.ours] : allCases }

    var testDescription: String { rawValue }

    func run<Answer: Sendable>(_ body: (TestRegistry) async throws -> Answer) async throws -> Answer {
        switch self {
        case .ours: try await withRegistry({ _ in }, body)
        case .debian: try await withDebianRegistry(body)
        }
    }
}

extension RegistryClient.Configuration {
    /// A client that does not wait between attempts.
    static func impatient(chunkSize: Int64 = 32 << 20) -> RegistryClient.Configuration {
        RegistryClient.Configuration(
            retry: RegistryRetry(attempts: 5, sleep: { _ in await Task.yield() }, random: { 0 }),
            chunkSize: chunkSize)
    }
}

/// An image in a store, with layers of random bytes of the sizes given.
func makeImage(
    in store: ImageStore, layers sizes: [Int] = [300_000, 70_000, 5], seed: UInt64 = 1
) async throws -> ManifestDocument {
    var generator = SeededGenerator(seed: seed)
    var layers: [Descriptor] = []
    for size in sizes {
        let bytes = (0..<size).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
        let digest = try await store.content.write(bytes)
        layers.append(Descriptor(mediaType: .layerTar, digest: digest, size: Int64(size)))
    }
    let configuration = ImageConfiguration(platform: .current, diffIDs: layers.map(\.digest)).encoded
    try await store.content.write(configuration)
    let document = ManifestDocument(
        ImageManifest(
            configuration: Descriptor(mediaType: .imageConfiguration, content: configuration), layers: layers)
    )
    try await store.content.write(document.bytes)
    return document
}

/// A registry that a test scripts: answers requests with what a closure says, and remembers them.
final class ScriptedRegistry: Sendable {
    struct Seen: Sendable {
        var method: String
        var target: String
        var authorization: String?
        var headers: [String: String]
        var body: [UInt8]
    }

    private let requests = Mutex<[Seen]>([])
    private let script: @Sendable (Seen, Int) -> Response

    /// - Parameter script: given the request and how many came before it.
    init(_ script: @escaping @Sendable (Seen, Int) -> Response) { self.script = script }

    var seen: [Seen] { requests.withLock { $0 } }

    func run<Answer: Sendable>(_ body: (Int) async throws -> Answer) async throws -> Answer {
        try await withService { onReady in
            let application = Application(
                responder: CallbackResponder { (request: Request, _: BasicRequestContext) in
                    let content = try await request.body.collect(upTo: 64 << 20)
                    var headers: [String: String] = [:]
                    headers["host"] = request.head.authority
                    for field in request.headers { headers[field.name.canonicalName] = field.value }
                    let seen = Seen(
                        method: request.method.rawValue, target: request.head.path ?? "",
                        authorization: headers["authorization"], headers: headers,
                        body: [UInt8](buffer: content))
                    let count = self.requests.withLock { requests in
                        requests.append(seen)
                        return requests.count - 1
                    }
                    let response = self.script(seen, count)
                    return seen.method == "HEAD" ? response.createHeadResponse() : response
                },
                configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: 0)),
                onServerRunning: { channel in await onReady(channel.localAddress?.port ?? 0) }, logger: silent
            )
            try await application.run()
        } _: { port in
            try await body(port)
        }
    }
}

extension Response {
    static func test(
        _ status: Int, _ fields: [(name: String, value: String)] = [], _ body: String = ""
    ) -> Response {
        Response(.init(code: status), fields, Array(body.utf8))
    }
}
