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
}
