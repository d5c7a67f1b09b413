import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import Synchronization

/// Orders, as many a second as asked for, sent to the gateway as users would send them.
final class DemoTraffic: Sendable {
    /// What is under way, and what was answered.
    struct Counts {
        /// The most requests under way.
        static let limit = 256

        private var inFlight = 0
        private var answers = DemoAnswers()

        /// Begins a request, or does not where too many are under way.
        mutating func begin() -> Bool {
            guard inFlight < Self.limit else { return false }
            inFlight += 1
            return true
        }

        /// Ends a request with the status of its answer, nil where there was none.
        mutating func end(_ status: UInt?) {
            inFlight -= 1
            if let status { answers.answers[status, default: 0] += 1 } else { answers.failures += 1 }
        }

        /// What was answered since the last time that it was taken.
        mutating func take() -> DemoAnswers {
            defer { answers = DemoAnswers() }
            return answers
        }
    }

    private let url: String
    private let host: String
    private let rate: Int
    private let counts = Mutex(Counts())
    private let isRunning = Mutex(false)

    /// - Parameters:
    ///   - url: the gateway.
    ///   - host: the host name of the service.
    ///   - rate: requests a second.
    init(url: String, host: String, rate: Int) {
        self.url = url
        self.host = host
        self.rate = rate
    }

    func start() { isRunning.withLock { $0 = true } }

    func pause() { isRunning.withLock { $0 = false } }

    /// Sends until the task is cancelled, while it is started.
    func run() async throws {
        let clock = ContinuousClock()
        let pause = Duration.seconds(1) / rate
        try await withThrowingDiscardingTaskGroup { group in
            var next = clock.now
            var number = 0
            while !Task.isCancelled {
                try await clock.sleep(until: next)
                // Whoever was held up goes on from now and does not catch up at once.
                next = max(next + pause, clock.now - .milliseconds(200))
                guard isRunning.withLock({ $0 }) else {
                    next = clock.now + .milliseconds(50)
                    continue
                }
                guard counts.withLock({ $0.begin() }) else { continue }
                number += 1
                let order = number
                group.addTask { await self.send(order) }
            }
        }
    }

    private func send(_ number: Int) async {
        // One of twenty orders is for a gift card.
        let item = number % 20 == 0 ? "gift+card" : "apple"
        var request = HTTPClientRequest(url: "\(url)/orders")
        request.method = .POST
        request.headers.add(name: "host", value: host)
        request.body = .bytes(ByteBuffer(string: "item=\(item)&quantity=1"))
        do {
            let response = try await HTTPClient.shared.execute(request, timeout: .seconds(10))
            _ = try await response.body.collect(upTo: 1 << 16)
            counts.withLock { $0.end(response.status.code) }
        } catch {
            counts.withLock { $0.end(nil) }
        }
    }

    /// What was answered since the last time that it was taken.
    func take() -> DemoAnswers { counts.withLock { $0.take() } }
}
