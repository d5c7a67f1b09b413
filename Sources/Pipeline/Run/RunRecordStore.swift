import Foundation
public import KubeModel
import Manifest

/// A run as it last was, on disk: what is left of runs on a developer's machine, whose API is gone with its process.
public struct RunRecord: Codable, Sendable {
    /// The name of the PipelineRun object.
    public var name: String
    /// The namespace of the run's object; nil for runs of before it was kept.
    public var namespace: String?
    /// The identity of the object, by which its files are called.
    public var uid: String
    /// What was asked for.
    public var spec: PipelineRunSpec
    /// How it stood when it was last written.
    public var status: PipelineRunStatus
    /// The process that carries the run on a developer's machine.
    public var processID: Int32?

    /// Describes a run.
    public init(
        name: String, namespace: String? = nil, uid: String, spec: PipelineRunSpec,
        status: PipelineRunStatus, processID: Int32? = nil
    ) {
        self.name = name
        self.namespace = namespace
        self.uid = uid
        self.spec = spec
        self.status = status
        self.processID = processID
    }
}

/// Reads and writes the records of runs below a directory.
public struct RunRecordStore: Sendable {
    private let files: RunFiles

    /// Records below a directory of runs.
    public init(_ files: RunFiles) { self.files = files }

    private func path(_ name: String) -> String { "\(files.records)/\(name).json" }

    func write(_ record: RunRecord) throws {
        try FileWork.makeDirectory(files.records)
        try FileWork.write(JSON.write(try ValueEncoder().encode(record)), to: path(record.name))
    }

    /// The record of a run; nil where there is none.
    public func read(_ name: String) -> RunRecord? {
        guard NameRules.isLabel(name, maximum: 253), let bytes = try? FileWork.read(path(name)),
            let value = try? JSON.parse(bytes)
        else { return nil }
        return try? ValueDecoder().decode(RunRecord.self, from: value)
    }

    /// All records, the newest first.
    public func all() -> [RunRecord] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: files.records)) ?? []
        let records = names.filter { $0.hasSuffix(".json") }.compactMap { read(String($0.dropLast(5))) }
        return records.sorted { ($0.status.startedAt ?? "", $0.name) > ($1.status.startedAt ?? "", $1.name) }
    }
}

extension LogStore {
    /// The log of a step's last attempt from an offset on; nil where nothing has been written yet.
    ///
    /// Of a log that is still written a part comes, a mebibyte at most: read on from its end until nothing comes.
    ///
    /// - Parameter limit: the most bytes to answer.
    /// - Throws: ``PipelineError`` `fileFailed`.
    public func read(
        _ step: StepID, of record: RunRecord, from offset: Int = 0, limit: Int = .max
    ) async throws -> [UInt8]? {
        let (key, digest) = log(step, of: record)
        return try await read(key, digest: digest, from: offset, limit: limit)
    }

    /// The end of the log of a step's last attempt; nil where nothing has been written yet.
    ///
    /// - Parameter count: the most bytes to answer.
    /// - Throws: ``PipelineError`` `fileFailed`.
    public func tail(_ step: StepID, of record: RunRecord, bytes count: Int) async throws -> LogTail? {
        let (key, digest) = log(step, of: record)
        return try await tail(key, digest: digest, bytes: count)
    }

    private func log(_ step: StepID, of record: RunRecord) -> (key: Key, digest: String?) {
        let gate = record.status.gates?.first { $0.name == step.gate.rawValue }
        let status = gate?.steps.first { $0.name == step.name }
        return (Key(uid: record.uid, step: step, attempt: status?.attempts ?? 1), status?.log)
    }
}
