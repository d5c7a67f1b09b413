import KubeModel
import Testing

@testable import KubeServer

@Suite struct ExpiryQueueTests {
    @Test func `what was seen again lives longer`() {
        var queue = ExpiryQueue()
        queue.set(Timestamp(seconds: 10), for: "a")
        queue.set(Timestamp(seconds: 20), for: "b")
        queue.set(Timestamp(seconds: 30), for: "a")
        #expect(queue.next == Timestamp(seconds: 20))
        #expect(queue.takeExpired(at: Timestamp(seconds: 25)) == ["b"])
        #expect(queue.takeExpired(at: Timestamp(seconds: 29)).isEmpty)
        #expect(queue.takeExpired(at: Timestamp(seconds: 30)) == ["a"])
        #expect(queue.next == nil)
    }

    @Test func `what is gone does not expire`() {
        var queue = ExpiryQueue()
        queue.set(Timestamp(seconds: 10), for: "a")
        queue.remove("a")
        #expect(queue.takeExpired(at: Timestamp(seconds: 99)).isEmpty)
    }
}
