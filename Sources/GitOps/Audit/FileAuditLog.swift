import Crypto
import FoundationEssentials
import KubeModel
import Manifest
import NIOPosix

/// An audit log in a file: a line of JSON a record, each with the digest of the line before.
///
/// A line that was changed or taken out shows, as the next one no longer fits. The file is opened for appending alone and
/// forced to the disk before ``append(_:)`` returns.
public actor FileAuditLog: AuditLog {
    private let path: String
    private let threads: NIOThreadPool
    private var last: String?

    /// A log at a path; its directory must exist.
    public init(path: String) {
        self.path = path
        threads = .singleton
    }

    /// Writes lines and returns when they are on the disk.
    ///
    /// - Throws: ``GitOpsError`` with code `refused` where the file cannot be written.
    public func append(_ records: [AuditRecord]) async throws {
        guard !records.isEmpty else { return }
        let path = path
        var previous = try await lastDigest()
        var text = ""
        for record in records {
            let line = JSON.string(Self.value(record, previous: previous))
            previous = Self.digest(line)
            text += line + "\n"
        }
        let bytes = Array(text.utf8)
        try await threads.runIfActive {
            let file = try AppendingFile(path)
            try file.append(bytes)
        }
        last = previous
    }

    private func lastDigest() async throws -> String {
        if let last { return last }
        let path = path
        let line = try await threads.runIfActive { () -> String? in
            guard let data = try? Data(contentsOf: URL(filePath: path)) else { return nil }
            return data.split(separator: UInt8(ascii: "\n")).last.map { String(decoding: $0, as: UTF8.self) }
        }
        return line.map(Self.digest) ?? ""
    }

    private static func digest(_ line: String) -> String {
        SHA256.hash(data: Array(line.utf8)).map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0\(digits)" : digits
        }.joined()
    }

    private static func value(_ record: AuditRecord, previous: String) -> Value {
        var line: Object = [
            "time": .string(record.time.rfc3339Micro), "actor": .string(record.actor),
            "application": .string(record.application), "revision": .string(record.revision),
            "action": .string(record.action.rawValue), "object": .string(record.key.description),
        ]
        if !record.before.isEmpty { line["before"] = .string(record.before) }
        if !record.after.isEmpty { line["after"] = .string(record.after) }
        if !record.fault.isEmpty { line["fault"] = .string(record.fault) }
        line["previous"] = .string(previous)
        return .object(line)
    }
}
