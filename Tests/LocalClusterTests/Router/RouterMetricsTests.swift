import NIOCore
import NIOEmbedded
import Testing

@testable import LocalCluster

@Suite struct RouterMetricsTests {
    private static func key(_ pod: String) -> RouterMetrics.Key {
        RouterMetrics.Key(namespace: "shop", service: "web", pod: pod, podTemplateHash: "v1")
    }

    private static func endpoint(_ pod: String) -> RoutingTable.Endpoint {
        RoutingTable.Endpoint(address: "10.0.0.1", port: 80, pod: pod, podTemplateHash: "v1")
    }

    @Test func `counters of a pod that has gone are forgotten after their time, others stay`() {
        let loop = RouterLoop(eventLoop: EmbeddedEventLoop())
        for pod in ["a", "b", ""] {
            loop.record(Self.key(pod), status: 200, duration: .milliseconds(1))
        }
        let start = NIODeadline.uptimeNanoseconds(1_000_000_000)
        loop.adopt(endpoints: [Self.endpoint("a")], now: start)
        #expect(loop.metrics.count == 3)
        loop.adopt(endpoints: [Self.endpoint("a")], now: start + .minutes(59))
        #expect(loop.metrics.count == 3)
        loop.adopt(endpoints: [Self.endpoint("a")], now: start + .hours(1))
        #expect(Set(loop.metrics.keys) == [Self.key("a"), Self.key("")])
    }

    @Test func `a pod that comes back in time keeps its counters`() {
        let loop = RouterLoop(eventLoop: EmbeddedEventLoop())
        loop.record(Self.key("a"), status: 200, duration: .milliseconds(1))
        let start = NIODeadline.uptimeNanoseconds(1_000_000_000)
        loop.adopt(endpoints: [], now: start)
        loop.adopt(endpoints: [Self.endpoint("a")], now: start + .minutes(59))
        loop.adopt(endpoints: [], now: start + .minutes(90))
        #expect(loop.metrics[Self.key("a")]?.count == 1)
        loop.adopt(endpoints: [], now: start + .minutes(150))
        #expect(loop.metrics.isEmpty)
    }
}
