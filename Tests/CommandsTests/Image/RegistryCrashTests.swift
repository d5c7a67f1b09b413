import Foundation
import OCI
import Synchronization
import TestSupport
import Testing

/// The registry's process, killed while images are on their way to it.
@Suite(.serialized) struct RegistryCrashTests {
    /// Counts to the moment of a crash.
    private final class Countdown: Sendable {
        private let rest: Mutex<Int>

        init(_ steps: Int) { rest = Mutex(steps) }

        /// Takes a step; true at the last one and never again.
        func isOver() -> Bool {
            rest.withLock { rest in
                rest -= 1
                return rest == 0
            }
        }
    }

    /// An image of layers with content of its own.
    private static func image(
        _ number: Int, in store: ImageStore, using generator: inout SeededGenerator
    ) async throws -> Digest {
        var items: [LayerContent] = []
        for layer in 0..<3 {
            let size = Int.random(in: 1...400_000, using: &generator)
            let bytes = (0..<size).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
            items.append(LayerContent([.file(bytes, at: "/layer\(layer)")]))
        }
        let recipe = OCI.ImageRecipe(layers: items, annotations: ["number": "\(number)"])
        return try await OCI.ImageBuilder(store: store).build(recipe).document.digest
    }

    private static func tag(_ number: Int) -> String {
        let hex = String(number, radix: 16)
        return String(repeating: "0", count: 40 - hex.count) + hex
    }

    /// Small chunks, so that a crash finds many uploads half done; no second attempts, so that it is noticed at once.
    private static var configuration: RegistryClient.Configuration {
        RegistryClient.Configuration(retry: RegistryRetry(attempts: 1), chunkSize: 64 << 10)
    }

    @Test(.timeLimit(.minutes(5)))
    func `what was acknowledged is whole after any crash, and nothing half-written is served`() async throws {
        let seed = UInt64.random(in: 0 ... .max)
        var generator = SeededGenerator(seed: seed)
        let slipway = try SlipwayProcess()
        let store = try ImageStore(directory: slipway.directory.appending(path: "images").path)
        var pushed: [Int: Digest] = [:]
        var acknowledged: Set<Int> = []
        for round in 0..<8 {
            let server = try ServingProcess.registry(in: slipway.directory)
            var images: [(number: Int, digest: Digest)] = []
            for place in 0..<4 {
                let number = round * 4 + place + 1
                images.append((number, try await Self.image(number, in: store, using: &generator)))
            }
            // The moment of the crash: after so many steps of the transfers, or never in the last round.
            let steps = round == 7 ? Int.max : Int.random(in: 1...60, using: &generator)
            let done = try await Self.push(images, from: store, to: server, crashingAfter: steps)
            for image in images { pushed[image.number] = image.digest }
            acknowledged.formUnion(done)
            server.crash()
            server.waitUntilExit()
            try await Self.check(pushed, acknowledged, in: slipway.directory, "seed \(seed), round \(round)")
        }
        #expect(acknowledged.count >= 4, "seed \(seed)")
    }

    /// Pushes all at once and answers which were acknowledged.
    private static func push(
        _ images: [(number: Int, digest: Digest)], from store: ImageStore, to server: ServingProcess,
        crashingAfter steps: Int
    ) async throws -> Set<Int> {
        let countdown = Countdown(steps)
        return try await RegistryClient.withClient(configuration) { client in
            await withTaskGroup(of: Int?.self) { group in
                for image in images {
                    group.addTask {
                        do {
                            let target = try Reference(
                                domain: server.domain, repository: "team/app", tag: tag(image.number))
                            _ = try await client.push(image.digest, from: store, to: target) { _ in
                                if countdown.isOver() { server.crash() }
                            }
                            return image.number
                        } catch {
                            // The crash has come first.
                            return nil
                        }
                    }
                }
                var done: Set<Int> = []
                for await number in group { if let number { done.insert(number) } }
                return done
            }
        }
    }

    /// Looks at everything that a new process of the registry serves.
    private static func check(
        _ pushed: [Int: Digest], _ acknowledged: Set<Int>, in directory: URL, _ what: String
    ) async throws {
        let server = try ServingProcess.registry(in: directory)
        try await withTemporaryDirectory { folder in
            let fresh = try ImageStore(directory: folder)
            try await RegistryClient.withClient { client in
                for (number, digest) in pushed.sorted(by: { $0.key < $1.key }) {
                    let name = try Reference(
                        domain: server.domain, repository: "team/app", tag: tag(number))
                    do {
                        // Fetches every blob and checks it against its digest.
                        let document = try await client.pull(name, into: fresh)
                        #expect(document.digest == digest, "\(what), image \(number)")
                    } catch let error as OCIError where error.code == .notFound {
                        #expect(!acknowledged.contains(number), "\(what), image \(number): \(error)")
                    }
                }
            }
        }
        server.crash()
        server.waitUntilExit()
    }
}
