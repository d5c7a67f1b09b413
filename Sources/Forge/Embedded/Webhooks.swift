import AsyncHTTPClient
import Crypto
import KubeClient
import KubeModel
import Logging
import Manifest
import NIOCore
import NIOHTTP1
import Sigstore

/// Tells the places that a repository names what happens to it.
///
/// A delivery is a POST of JSON, signed where the webhook has a secret. It is tried a few times and then given up:
/// webhooks are for speed, and whoever gets them looks at the objects for what counts.
struct Webhooks: Sendable {
    /// What can happen.
    enum Event: String, Sendable {
        case push
        case pullRequest = "pull_request"
        case review
        case status
    }

    private struct Delivery: Sendable {
        var event: Event
        var repository: ObjectKey
        var body: Value
    }

    private static let capacity = 1000
    private static let attempts = 4
    private static let concurrency = 4
    private let deliveries: AsyncStream<Delivery>
    private let continuation: AsyncStream<Delivery>.Continuation

    init() {
        (deliveries, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(Self.capacity))
    }

    /// Notes something that happened; never waits.
    func note(_ event: Event, _ repository: ObjectKey, _ body: Value) {
        continuation.yield(Delivery(event: event, repository: repository, body: body))
    }

    /// Delivers until the task is cancelled.
    func run(_ forge: EmbeddedForge) async {
        await withTaskGroup(of: Void.self) { group in
            var running = 0
            for await delivery in deliveries {
                guard let repository = try? forge.hosted(delivery.repository) else { continue }
                for webhook in repository.spec.webhooks ?? []
                where webhook.events?.contains(delivery.event.rawValue) ?? true {
                    if running == Self.concurrency {
                        await group.next()
                        running -= 1
                    }
                    group.addTask { await Self.deliver(delivery, to: webhook, forge) }
                    running += 1
                }
            }
        }
    }

    private static func deliver(
        _ delivery: Delivery, to webhook: RepositorySpec.Webhook, _ forge: EmbeddedForge
    ) async {
        var body = delivery.body
        body["event"] = .string(delivery.event.rawValue)
        body["repository"] = .string(delivery.repository.description)
        let bytes = JSON.write(body)
        for attempt in 1...attempts {
            do {
                var request = HTTPClientRequest(url: webhook.url)
                request.method = .POST
                request.headers.add(name: "content-type", value: "application/json")
                request.headers.add(name: "x-slipway-event", value: delivery.event.rawValue)
                if let name = webhook.secret {
                    let key = try await secret(name, delivery.repository.namespace, forge)
                    let code = HMAC<SHA256>.authenticationCode(for: bytes, using: key)
                    request.headers.add(
                        name: "x-slipway-signature-256", value: "sha256=\(Hex.encode(Array(code)))")
                }
                request.body = .bytes(ByteBuffer(bytes: bytes))
                let response = try await HTTPClient.shared.execute(request, timeout: .seconds(10))
                if (200..<300).contains(response.status.code) { return }
                throw ForgeError(.unavailable, "\(webhook.url) answered \(response.status.code)")
            } catch {
                if attempt == attempts || Task.isCancelled {
                    forge.logger.warning(
                        "a webhook was not delivered",
                        metadata: [
                            "repository": "\(delivery.repository)", "url": "\(webhook.url)",
                            "error": "\(error)",
                        ])
                    return
                }
                try? await forge.timeline.sleep(for: .milliseconds(250 << attempt))
            }
        }
    }

    private static func secret(_ name: String, _ namespace: String, _ forge: EmbeddedForge) async throws
        -> SymmetricKey
    {
        let object = try await forge.client.get(.secrets, name, namespace: namespace)
        guard let text = object["data", "token"]?.stringValue, let bytes = Base64.decode(text), !bytes.isEmpty
        else {
            throw ForgeError(.invalid, "Secret \(namespace)/\(name) has no token")
        }
        return SymmetricKey(data: bytes)
    }
}
