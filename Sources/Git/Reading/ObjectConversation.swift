import Subprocess

/// What a reader of objects says about a name.
enum ObjectAnswer: Sendable {
    case object(GitObject)
    /// The object without its content.
    case info(ObjectID, GitObject.Kind, size: Int)
    case missing
}

/// Asks a `cat-file --batch-command` process, one question at a time.
struct ObjectConversation {
    private let writer: StandardInputWriter
    private var output: SubprocessOutputSequence.Iterator
    private var buffer: [UInt8] = []
    private var start = 0
    /// Whether the process must be ended, as what it goes on to say is not wanted.
    private(set) var isBroken = false

    init(writer: StandardInputWriter, output: SubprocessOutputSequence.Iterator) {
        self.writer = writer
        self.output = output
    }

    mutating func ask(_ request: ObjectReaders.Request) async throws -> ObjectAnswer {
        try await ask(request.command, limit: request.limit)
    }

    /// - Throws: ``GitError`` with code `tooLarge`, after which the process must be ended; ``ObjectReaders/Ended``.
    mutating func ask(_ command: String, limit: Int) async throws -> ObjectAnswer {
        _ = try await writer.write(Array("\(command)\n".utf8))
        let header = try await line()
        if header.hasSuffix(" missing") || header.hasSuffix(" ambiguous") { return .missing }
        let words = header.split(separator: " ")
        guard words.count == 3, let id = ObjectID(words[0]), let size = Int(words[2]),
            let kind = GitObject.Kind(rawValue: String(words[1]))
        else {
            isBroken = true
            throw GitError(.malformed, "git cat-file answered \"\(header)\"")
        }
        guard command.hasPrefix("contents ") else { return .info(id, kind, size: size) }
        guard size <= limit else {
            isBroken = true
            throw GitError(.tooLarge, "\(kind.rawValue) \(id) has \(size) bytes, more than \(limit)")
        }
        let content = try await bytes(size + 1).dropLast()
        return .object(GitObject(id: id, kind: kind, content: Array(content)))
    }

    private mutating func line() async throws -> String {
        while true {
            if let end = buffer[start...].firstIndex(of: 0x0a) {
                defer { start = end + 1 }
                return String(decoding: buffer[start..<end], as: UTF8.self)
            }
            try await fill()
        }
    }

    private mutating func bytes(_ count: Int) async throws -> [UInt8] {
        while buffer.count - start < count { try await fill() }
        defer { start += count }
        return Array(buffer[start..<(start + count)])
    }

    private mutating func fill() async throws {
        if start > 0 {
            buffer.removeFirst(start)
            start = 0
        }
        guard let more = try await output.next(), !more.isEmpty else {
            isBroken = true
            throw ObjectReaders.Ended()
        }
        more.withUnsafeBytes { buffer += $0 }
    }
}
