import ClusterTestSupport
import KubeServer
import Testing

@Suite struct ConversationTests {
    @Test func `there are conversations to play`() {
        #expect(Conversation.all.count >= 17)
    }

    @Test(arguments: Conversation.all)
    func `a recorded conversation is answered as upstream answered it`(_ conversation: Conversation)
        async throws
    {
        let faults = try await withServer { server in
            var player = ConversationPlayer(
                transport: InProcessTransport(server, as: nil), token: adminToken)
            return try await player.play(conversation)
        }
        #expect(faults.isEmpty, "\(faults.joined(separator: "\n"))")
    }

    @Test func `one server answers all conversations over a socket`() async throws {
        let faults = try await withSocketServer { transport in
            var faults: [String] = []
            for conversation in Conversation.all {
                var player = ConversationPlayer(transport: transport, token: adminToken)
                faults += try await player.play(conversation).map { "\(conversation.name): \($0)" }
            }
            return faults
        }
        #expect(faults.isEmpty, "\(faults.joined(separator: "\n"))")
    }
}
