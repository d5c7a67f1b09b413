import Crypto
import KubeModel
import Manifest
import Testing

@testable import KubeServer

@Suite struct TokenTests {
    private func authenticator() throws -> Authenticator {
        Authenticator(tokens: [try StaticTokens(csv: "t1,alice,u1,\"a,b\"\nt2,bob,u2\n")])
    }

    @Test func `a token stands for its user`() async throws {
        let outcome = try await authenticator().authenticate(["Authorization": "Bearer t1"])
        #expect(
            outcome == .user(User(name: "alice", uid: "u1", groups: ["a", "b", User.authenticatedGroup])))
    }

    @Test func `a token is taken as the password of basic authentication`() async throws {
        let credentials = Base64.encode(Array("whoever:t2".utf8))
        let outcome = try await authenticator().authenticate(["Authorization": "Basic \(credentials)"])
        #expect(outcome == .user(User(name: "bob", uid: "u2", groups: [User.authenticatedGroup])))
    }

    @Test(arguments: ["Bearer wrong", "Basic !!!", "Basic dDE6d3Jvbmc="])
    func `wrong credentials are rejected`(header: String) async throws {
        #expect(try await authenticator().authenticate(["Authorization": header]) == .rejected)
    }

    @Test(arguments: ["", "Bearer ", "Digest x"])
    func `no credentials are no reason for rejection`(header: String) async throws {
        #expect(try await authenticator().authenticate(["Authorization": header]) == .user(.anonymous))
    }

    @Test(arguments: ["t1", "t1,alice", ",alice,u", "t1,alice,u,\"a"])
    func `a malformed token file is refused`(text: String) {
        #expect(throws: ServerError.self) { try StaticTokens(csv: text) }
    }

    @Test(arguments: ["\n", "\r\n", "\r"])
    func `lines may end as other systems end them`(end: String) async throws {
        let lines = ["t1,alice,u1,\"a,b\"", "", "t2,bob,u2", ""]
        let users = try StaticTokens(csv: lines.joined(separator: end))
        #expect(await users.user(of: "t1") == User(name: "alice", uid: "u1", groups: ["a", "b"]))
        #expect(await users.user(of: "t2") == User(name: "bob", uid: "u2", groups: []))
    }

    @Test func `a service account's token ends with its time and its account`() async throws {
        let store = try Store(.memory)
        let key = ObjectKey(resource: "serviceaccounts", namespace: "ns", name: "bot")
        let json =
            #"{"kind":"ServiceAccount","apiVersion":"v1","metadata":{"name":"bot","namespace":"ns","uid":"u1","resourceVersion":""}}"#
        let draft = try #require(ObjectDraft(bytes: Array(json.utf8)))
        _ = try await store.write(key) { _ in (.put(draft), ()) }
        let secret = P256.Signing.PrivateKey()
        let start = ServiceAccountTokens(key: secret, store: store) { Timestamp(seconds: 1000) }
        let account = try #require(
            store.value(of: ServiceAccountTokens.resource, namespace: "ns", name: "bot"))
        let answer = try start.answer(["spec": [:]], account: account, identifier: "id")
        let token = answer.text("status", "token")
        #expect(answer.text("status", "expirationTimestamp") == "1970-01-01T01:16:40Z")
        #expect(await start.user(of: token)?.name == "system:serviceaccount:ns:bot")
        #expect(await start.user(of: token + "x") == nil)
        let late = ServiceAccountTokens(key: secret, store: store) { Timestamp(seconds: 4600) }
        #expect(await late.user(of: token) == nil)
        let other = ServiceAccountTokens(key: P256.Signing.PrivateKey(), store: store) {
            Timestamp(seconds: 1000)
        }
        #expect(await other.user(of: token) == nil)
        _ = try await store.write(key) { _ in (.delete(draft), ()) }
        #expect(await start.user(of: token) == nil)
    }

    @Test func `a token cannot be asked for a moment`() throws {
        let tokens = ServiceAccountTokens(key: P256.Signing.PrivateKey(), store: try Store(.memory)) {
            Timestamp(seconds: 0)
        }
        let error = #expect(throws: APIError.self) {
            try tokens.answer(
                ["spec": ["expirationSeconds": 5]], account: ["metadata": ["name": "bot"]], identifier: "id")
        }
        #expect(error?.message.contains("may not specify a duration less than 10 minutes") == true)
    }
}
