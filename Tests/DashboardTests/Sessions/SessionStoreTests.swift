import ClusterTestSupport
import HTTPTypes
import NIOCore
import TestSupport
import Testing

@testable import Dashboard

@Suite struct SessionStoreTests {
    private let clock = ManualClock()

    private func store(_ change: (inout SessionStore.Limits) -> Void = { _ in }) -> SessionStore {
        var limits = SessionStore.Limits()
        change(&limits)
        return SessionStore(limits: limits, timeline: clock.timeline)
    }

    @Test func `a session lasts for as long as somebody uses it, up to its whole time`() {
        let store = store()
        let session = store.begin(token: "t", user: "vera", groups: [])
        for _ in 0..<24 {
            clock.advance(by: .seconds(29 * 60))
            #expect(store.find(session.id, isUse: true) != nil)
        }
        clock.advance(by: .seconds(23 * 60))
        #expect(store.find(session.id, isUse: true) != nil)
        clock.advance(by: .seconds(60))
        #expect(store.find(session.id, isUse: true) == nil)
        #expect(store.count == 0)
    }

    @Test func `live updates keep no session alive`() {
        let store = store()
        let session = store.begin(token: "t", user: "vera", groups: [])
        for _ in 0..<29 {
            clock.advance(by: .seconds(60))
            #expect(store.find(session.id, isUse: false) != nil)
        }
        clock.advance(by: .seconds(60))
        #expect(store.find(session.id, isUse: false) == nil)
    }

    @Test func `beyond the limit the session goes that was unused for longest`() {
        let store = store { $0.sessions = 3 }
        let sessions = ["a", "b", "c"].map { name in
            clock.advance(by: .seconds(1))
            return store.begin(token: "t", user: name, groups: [])
        }
        clock.advance(by: .seconds(1))
        _ = store.find(sessions[0].id, isUse: true)
        _ = store.begin(token: "t", user: "d", groups: [])
        #expect(store.find(sessions[0].id, isUse: false) != nil)
        #expect(store.find(sessions[1].id, isUse: false) == nil)
        #expect(store.count == 3)
    }

    @Test func `a user who logs in again and again ends no session but his own`() {
        let store = store { ($0.sessions, $0.sessionsPerUser) = (4, 2) }
        let anna = store.begin(token: "t", user: "anna", groups: [])
        let veras = (0..<5).map { _ in
            clock.advance(by: .seconds(1))
            return store.begin(token: "t", user: "vera", groups: [])
        }
        #expect(store.find(anna.id, isUse: false) != nil)
        #expect(veras.map { store.find($0.id, isUse: false) != nil } == [false, false, false, true, true])
    }

    @Test func `names and form tokens of sessions differ and have nothing in common`() {
        let store = store()
        let sessions = (0..<100).map { _ in store.begin(token: "same", user: "same", groups: []) }
        #expect(Set(sessions.map(\.id.text)).count == 100)
        #expect(Set(sessions.map(\.formToken)).count == 100)
        #expect(sessions.allSatisfy { $0.id.text.utf8.count == 43 && $0.formToken.utf8.count == 43 })
        #expect(sessions.allSatisfy { !$0.formToken.contains($0.id.text) })
    }

    @Test func `a sentence is told once, and an ended session is nobody's`() {
        let store = store()
        let session = store.begin(token: "t", user: "vera", groups: [])
        store.leave(Session.Notice(text: "done"), in: session.id)
        #expect(store.takeNotice(of: session.id)?.text == "done")
        #expect(store.takeNotice(of: session.id) == nil)
        store.end(session.id)
        #expect(store.find(session.id, isUse: true) == nil)
        #expect(store.find(SessionID(cookie: "guess"), isUse: true) == nil)
    }

    @Test func `after many wrong tokens none of the same client is tried for the rest of the minute`() {
        let throttle = LoginThrottle(timeline: clock.timeline)
        for _ in 0..<LoginThrottle.failuresPerMinute {
            #expect(throttle.isOpen(to: "192.0.2.1"))
            throttle.noteFailure(of: "192.0.2.1")
        }
        #expect(!throttle.isOpen(to: "192.0.2.1"))
        #expect(throttle.isOpen(to: "192.0.2.2"))
        clock.advance(by: .seconds(60))
        #expect(throttle.isOpen(to: "192.0.2.1"))
    }

    @Test func `all clients together are held to a limit, too`() {
        let throttle = LoginThrottle(timeline: clock.timeline)
        for number in 0..<LoginThrottle.failuresPerMinuteOfAll {
            #expect(throttle.isOpen(to: "client"))
            throttle.noteFailure(of: "\(number)")
        }
        #expect(!throttle.isOpen(to: "client"))
    }

    @Test(
        arguments: [
            ("192.0.2.1", [], "192.0.2.1"), ("192.0.2.1", ["198.51.100.7"], "192.0.2.1"),
            ("127.0.0.1", [], "127.0.0.1"), ("127.0.0.1", ["198.51.100.7"], "198.51.100.7"),
            ("::1", ["203.0.113.9, 198.51.100.7"], "198.51.100.7"),
            ("::ffff:127.0.0.1", ["203.0.113.9", " 198.51.100.7 "], "198.51.100.7"),
            ("127.0.0.1", ["unknown"], "127.0.0.1"), ("127.0.0.1", [""], "127.0.0.1"),
            ("::ffff:192.0.2.1", [], "192.0.2.1"), ("2001:db8:1:2::3", [], "20:1:d:b8:0:1:0:2"),
            ("127.0.0.1", ["2001:db8:1:2:ffff::9"], "20:1:d:b8:0:1:0:2"),
        ] as [(String, [String], String)])
    func `a client is its address, or what a proxy on this machine says it is`(
        peer: String, forwarded: [String], client: String
    ) throws {
        var fields = HTTPFields()
        let name = try #require(HTTPField.Name("X-Forwarded-For"))
        for value in forwarded { fields.append(HTTPField(name: name, value: value)) }
        let address = try SocketAddress(ipAddress: peer, port: 40_000)
        #expect(LoginThrottle.client(of: fields, from: address) == client)
    }
}
