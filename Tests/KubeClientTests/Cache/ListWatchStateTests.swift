import KubeClient
import KubeModel
import Testing

@Suite struct ListWatchStateTests {
    private static let backoff = Backoff(base: .seconds(1), maximum: .seconds(8), jitter: 0)
    private let gone = APIError.expired("too old")
    private let lost = KubeClientError(.connectionLost, "lost")

    @Test func `a list is followed by a watch from where it ends`() {
        var state = ListWatchState(backoff: Self.backoff)
        #expect(state.step == .list(.any))
        state.listed(at: "5")
        #expect(state.step == .watch(after: "5"))
        state.advanced(to: "9")
        #expect(state.ended(wasShort: false, random: 0) == .zero)
        #expect(state.step == .watch(after: "9"))
    }

    @Test func `a lost watch continues where it was`() {
        var state = ListWatchState(backoff: Self.backoff)
        state.listed(at: "5")
        state.advanced(to: "9")
        #expect(state.failed(lost, random: 0) == .seconds(1))
        #expect(state.step == .watch(after: "9"))
        #expect(state.failed(lost, random: 0) == .seconds(2))
        state.advanced(to: "10")
        #expect(state.failed(lost, random: 0) == .seconds(1))
    }

    @Test func `a version that is too old means listing the newest state`() {
        var state = ListWatchState(backoff: Self.backoff)
        state.listed(at: "5")
        #expect(state.failed(gone, random: 0) == .zero)
        #expect(state.step == .list(.newest))
        #expect(state.failed(gone, random: 0) > .zero)
    }

    @Test func `a server that ends every watch at once is asked ever more slowly`() {
        var state = ListWatchState(backoff: Self.backoff)
        state.listed(at: "5")
        #expect(state.ended(wasShort: true, random: 0) == .zero)
        let delays = (0..<5).map { _ in state.ended(wasShort: true, random: 0) }
        #expect(delays == [1, 2, 4, 8, 8].map { .seconds($0) })
    }

    @Test func `what cannot be read is not asked for again from the same place`() {
        var state = ListWatchState(backoff: Self.backoff)
        state.listed(at: "5")
        #expect(state.failed(KubeClientError(.malformedAnswer, "garbage"), random: 0) == .seconds(1))
        #expect(state.step == .list(.newest))
    }

    @Test func `a server without streamed lists is given a plain one for good`() {
        var state = ListWatchState(streamsLists: true, backoff: Self.backoff)
        #expect(state.step == .streamList)
        #expect(state.failed(lost, random: 0) == .seconds(1))
        #expect(state.step == .streamList)
        #expect(state.failed(APIError.generic(code: 422), random: 0) == .zero)
        #expect(state.step == .list(.any))
        state.listed(at: "5")
        _ = state.failed(gone, random: 0)
        #expect(state.step == .list(.newest))
    }

    @Test func `the delay the server asks for is kept`() {
        var state = ListWatchState(backoff: Self.backoff)
        state.listed(at: "5")
        let busy = APIError.tooManyRequests("busy", retryAfterSeconds: 6)
        #expect(state.failed(busy, random: 0) == .seconds(6))
        #expect(state.step == .watch(after: "5"))
    }
}
