import ClusterTestSupport
import KubeClient
import Synchronization
import Testing

@testable import Promotion

/// Thousands of services may wait for approvals at once.
struct SourceLookupsTests {
    /// A history whose every change is a commit of its own; counts how often it is asked.
    private final class Counted: SourceHistory {
        private let count = Mutex(0)

        var asked: Int { count.withLock { $0 } }

        func change(in repository: String, from base: String?, to commit: String) async throws -> SourceChange
        {
            count.withLock { $0 += 1 }
            return SourceChange(authors: [repository], commits: [commit])
        }

        func isAncestor(_ commit: String, of other: String, in repository: String) async -> Bool? { nil }
    }

    @Test func `of two thousand services each is asked about once, and its answer stays`() async {
        let history = Counted()
        let lookups = SourceLookups(
            history, timeline: .continuous, retryInterval: .seconds(10), logger: .silent)
        let services = (0..<2_000).map { "service-\($0)" }
        func author(of service: String) -> Set<String>? {
            let answer = lookups.change(in: service, from: nil, to: "c-\(service)", for: service)
            return try? answer?.get().authors
        }
        for service in services { #expect(author(of: service) == nil) }
        let (answered, told) = AsyncStream<String>.makeStream()
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await lookups.run { told.yield($0) } }
            var missing = Set(services)
            for await service in answered {
                missing.remove(service)
                if missing.isEmpty { break }
            }
            for service in services { #expect(author(of: service) == [service]) }
            group.cancelAll()
        }
        #expect(history.asked == services.count)
    }
}
