import Manifest
import NIOCore

/// An event of a stream (`text/event-stream`).
struct ServerEvent: Sendable, Hashable {
    var name: String
    var data: Value
    /// What a browser sends back to go on after it, as `Last-Event-ID`.
    var id: String?

    init(_ name: String, _ data: Value, id: String? = nil) {
        self.name = name
        self.data = data
        self.id = id
    }

    /// The session is over.
    static let expired = ServerEvent("expired", .null)
    /// What the page is about does not exist any more.
    static let gone = ServerEvent("gone", .null)
    /// There are too many streams.
    static let full = ServerEvent("full", .null)

    /// The event as it is sent. JSON has no line breaks, so that one line is enough.
    var bytes: ByteBuffer {
        var buffer = ByteBuffer()
        if let id { buffer.writeString("id: \(id)\n") }
        buffer.writeString("event: \(name)\ndata: ")
        buffer.writeBytes(JSON.write(data))
        buffer.writeString("\n\n")
        return buffer
    }
}
