import AsyncHTTPClient
import FoundationEssentials
import Git
import Manifest
import NIOCore
import NIOHTTP1

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// The side of a hook that git runs: asks the forge over its socket, and refuses where there is no answer.
///
/// A process that does nothing else, so that it may block on its standard input.
public struct HookProgram: Sendable {
    private static let limit = 16 << 20
    private let hook: HookCall.Hook
    private let socket: String
    private let environment: [String: String]

    /// - Parameters:
    ///   - name: git's name of the hook.
    ///   - environment: what git has set.
    /// - Throws: ``ForgeError`` with code `unsupported` for hooks that the forge does not have.
    public init(_ name: String, socket: String, environment: [String: String]) throws(ForgeError) {
        guard let hook = HookCall.Hook(rawValue: name) else {
            throw ForgeError(.unsupported, "slipway has no hook \(name)")
        }
        self.hook = hook
        self.socket = socket
        self.environment = environment
    }

    /// Runs the hook and answers its exit code.
    public func run() async -> Int32 {
        do {
            let (updates, options) =
                try hook == .procReceive ? readProcReceive() : (readLines(), readOptions())
            let call = HookCall(
                hook: hook, repository: try repository(), push: environment["SLIPWAY_PUSH"], updates: updates,
                options: options)
            let reply = try await ask(call)
            for message in reply.messages { Self.write(2, Array("\(message)\n".utf8)) }
            if hook == .procReceive { Self.write(1, Self.report(reply)) }
            return reply.isAllowed ? 0 : 1
        } catch {
            Self.write(2, Array("slipway: refused, as the forge does not answer: \(error)\n".utf8))
            return 1
        }
    }

    private func ask(_ call: HookCall) async throws -> HookReply {
        let path = socket.utf8.map { "%" + (($0 < 16 ? "0" : "") + String($0, radix: 16)) }.joined()
        var request = HTTPClientRequest(url: "http+unix://\(path)/hooks")
        request.method = .POST
        request.body = .bytes(ByteBuffer(bytes: JSON.write(try ValueEncoder().encode(call))))
        // A forge that is not there must refuse at once, not after a while of trying.
        var configuration = HTTPClient.Configuration(timeout: .init(connect: .seconds(5)))
        configuration.connectionPool.retryConnectionEstablishment = false
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        do {
            let reply = try await reply(to: request, by: client)
            try await client.shutdown()
            return reply
        } catch {
            try await client.shutdown()
            throw error
        }
    }

    private func reply(to request: HTTPClientRequest, by client: HTTPClient) async throws -> HookReply {
        let response = try await client.execute(request, timeout: .seconds(600))
        guard response.status == .ok else {
            throw ForgeError(.unavailable, "the forge answered \(response.status.code)")
        }
        let body = try await response.body.collect(upTo: Self.limit)
        return try ValueDecoder().decode(HookReply.self, from: try JSON.parse(Array(body.readableBytesView)))
    }

    /// Git starts hooks in the repository, and sometimes says where that is from there.
    private func repository() throws(ForgeError) -> String {
        let name = environment["GIT_DIR"] ?? "."
        guard let resolved = realpath(name, nil) else {
            throw ForgeError(.notFound, "the repository \(name) cannot be found")
        }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    private func readOptions() -> [String] {
        let count = environment["GIT_PUSH_OPTION_COUNT"].flatMap { Int($0) } ?? 0
        return (0..<max(0, min(count, 1000))).compactMap { environment["GIT_PUSH_OPTION_\($0)"] }
    }

    /// Lines of `<old> <new> <reference>`.
    private func readLines() throws(ForgeError) -> [HookUpdate] {
        var bytes: [UInt8] = []
        while let more = try Self.read() {
            bytes += more
            guard bytes.count <= Self.limit else { throw ForgeError(.invalid, "too many references at once") }
        }
        return try String(decoding: bytes, as: UTF8.self).split(separator: "\n").map {
            line throws(ForgeError) in
            try Self.update(line)
        }
    }

    private static func update(_ line: Substring) throws(ForgeError) -> HookUpdate {
        let words = line.split(separator: " ", maxSplits: 2).map(String.init)
        guard words.count == 3 else {
            throw ForgeError(.invalid, "git told a change that cannot be read: \(line)")
        }
        return HookUpdate(old: words[0], new: words[1], reference: words[2])
    }

    /// The conversation of `proc-receive` (githooks): versions, the changes, and the options where both know them.
    private func readProcReceive() throws -> ([HookUpdate], [String]) {
        var lines = PacketLineReader()
        func section() throws -> [String] {
            var texts: [String] = []
            while true {
                while let line = try lines.next() {
                    guard let text = line.text else { return texts }
                    texts.append(text)
                }
                guard let more = try Self.read() else {
                    throw ForgeError(.invalid, "git ended the conversation")
                }
                lines.append(more)
            }
        }
        let greeting = try section().first ?? ""
        guard greeting.hasPrefix("version=1") else {
            throw ForgeError(.unsupported, "git speaks \(greeting) to proc-receive, but version 1 is known")
        }
        let hasOptions = greeting.contains("push-options")
        Self.write(1, PacketLine.text("version=1\0push-options\n").bytes + PacketLine.flush.bytes)
        let updates = try section().map { try Self.update(Substring($0)) }
        return (updates, hasOptions ? try section() : [])
    }

    /// What became of each reference: `ok <ref>` with options, or `ng <ref> <reason>`.
    static func report(_ reply: HookReply) -> [UInt8] {
        var bytes: [UInt8] = []
        for outcome in reply.outcomes {
            if let refusal = outcome.refusal {
                bytes += PacketLine.text("ng \(outcome.reference) \(refusal)\n").bytes
                continue
            }
            bytes += PacketLine.text("ok \(outcome.reference)\n").bytes
            guard let actual = outcome.actual else { continue }
            bytes += PacketLine.text("option refname \(actual.reference)\n").bytes
            bytes += PacketLine.text("option old-oid \(actual.old)\n").bytes
            bytes += PacketLine.text("option new-oid \(actual.new)\n").bytes
            if outcome.isForced == true { bytes += PacketLine.text("option forced-update\n").bytes }
        }
        return bytes + PacketLine.flush.bytes
    }

    private static func read() throws(ForgeError) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: 65_536)
        let count = unsafeRead(&bytes)
        guard count >= 0 else {
            throw ForgeError(.unavailable, "standard input cannot be read (error \(errno))")
        }
        return count == 0 ? nil : Array(bytes.prefix(count))
    }

    private static func unsafeRead(_ bytes: inout [UInt8]) -> Int {
        bytes.withUnsafeMutableBytes { buffer in
            var count = -1
            repeat {
                #if canImport(Glibc)
                count = Glibc.read(0, buffer.baseAddress, buffer.count)
                #elseif canImport(Musl)
                count = Musl.read(0, buffer.baseAddress, buffer.count)
                #else
                count = Darwin.read(0, buffer.baseAddress, buffer.count)
                #endif
            } while count < 0 && errno == EINTR
            return count
        }
    }

    private static func write(_ descriptor: Int32, _ bytes: [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { buffer in
                #if canImport(Glibc)
                Glibc.write(descriptor, buffer.baseAddress, buffer.count)
                #elseif canImport(Musl)
                Musl.write(descriptor, buffer.baseAddress, buffer.count)
                #else
                Darwin.write(descriptor, buffer.baseAddress, buffer.count)
                #endif
            }
            if count < 0, errno == EINTR { continue }
            // Git has gone; there is nobody to tell.
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }
}
