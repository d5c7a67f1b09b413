import Foundation
import Manifest

/// Where the files of runs lie on a machine.
///
/// `runs/UID/source` is the tree at the commit, `runs/UID/base` the one before, `runs/UID/work/GATE.STEP` the private
/// copy of a step, `runs/UID/outputs` what steps hand on; `live/UID` holds logs that are still being written, `blobs`
/// finished logs, reports and artifacts by their digest, `records/UID.json` the runs as they last were.
public struct RunFiles: Sendable, Hashable {
    /// The absolute path of the directory.
    public let root: String

    /// Files below a directory, which is made when it is needed.
    public init(root: String) { self.root = root }

    func run(_ uid: String) -> String { "\(root)/runs/\(uid)" }
    func source(_ uid: String) -> String { "\(run(uid))/source" }
    func base(_ uid: String) -> String { "\(run(uid))/base" }
    func work(_ uid: String, _ step: StepID) -> String { "\(run(uid))/work/\(step)" }
    func outputs(_ uid: String) -> String { "\(run(uid))/outputs" }
    func live(_ uid: String) -> String { "\(root)/live/\(uid)" }
    var records: String { "\(root)/records" }
    var blobs: String { "\(root)/blobs/sha256" }
}

/// Blocking work on files, off the threads of Swift's tasks.
struct FileWork: Sendable {
    private let queue = DispatchQueue(label: "slipway.pipeline.files", attributes: .concurrent)

    func run<Answer: Sendable>(_ work: @escaping @Sendable () throws -> Answer) async throws -> Answer {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Result { try work() }) }
        }
    }

    /// Runs work that cannot fail.
    func perform<Answer: Sendable>(_ work: @escaping @Sendable () -> Answer) async -> Answer {
        await withCheckedContinuation { continuation in
            queue.async { continuation.resume(returning: work()) }
        }
    }

    /// Makes a directory and those above it.
    static func makeDirectory(_ path: String) throws {
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o755])
    }

    /// Writes a file so that readers see the old or the new one.
    static func write(_ bytes: [UInt8], to path: String) throws {
        try Data(bytes).write(to: URL(filePath: path), options: .atomic)
    }

    static func read(_ path: String, limit: Int = 256 << 20) throws(PipelineError) -> [UInt8] {
        guard let handle = FileHandle(forReadingAtPath: path) else {
            throw PipelineError(.fileFailed, "\(path) cannot be read")
        }
        defer { try? handle.close() }
        let data: Data?
        do {
            data = try handle.read(upToCount: limit + 1)
        } catch {
            throw PipelineError(.fileFailed, "\(path) cannot be read: \(error.localizedDescription)")
        }
        guard let data else { return [] }
        guard data.count <= limit else {
            throw PipelineError(.fileFailed, "\(path) has more than \(limit) bytes")
        }
        return Array(data)
    }

    /// Reads a file of a directory whose content is not ours: links in it, also to folders above the file, must not
    /// lead out of it.
    ///
    /// - Returns: nil where there is no such file.
    /// - Throws: ``PipelineError`` `fileFailed`.
    static func read(
        _ path: String, within directory: String, limit: Int = 256 << 20
    ) throws(PipelineError) -> [UInt8]? {
        guard let real = realPath("\(directory)/\(path)") else { return nil }
        guard isWithin(real, directory) else {
            throw PipelineError(.fileFailed, "\(path) leads out of the directory it is in")
        }
        return try read(real, limit: limit)
    }

    /// Whether a path without links is that of a directory, or of something in it.
    private static func isWithin(_ real: String, _ directory: String) -> Bool {
        guard let root = realPath(directory) else { return false }
        return real == root || real.utf8.starts(with: "\(root)/".utf8)
    }

    /// A path with all links followed; nil where there is nothing.
    private static func realPath(_ path: String) -> String? {
        guard let real = realpath(path, nil) else { return nil }
        defer { free(real) }
        return String(cString: real)
    }

    /// Copies the contents of a directory into another one, which is made.
    static func copyTree(_ source: String, to target: String, owner: (user: UInt32, group: UInt32)?) throws {
        let manager = FileManager.default
        try makeDirectory(target)
        for name in try manager.contentsOfDirectory(atPath: source) {
            let copy = "\(target)/\(name)"
            if manager.fileExists(atPath: copy) { try manager.removeItem(atPath: copy) }
            try manager.copyItem(atPath: "\(source)/\(name)", toPath: copy)
        }
        guard let owner, geteuid() == 0 else { return }
        lchown(target, owner.user, owner.group)
        guard let walker = manager.enumerator(atPath: target) else { return }
        for case let name as String in walker { lchown("\(target)/\(name)", owner.user, owner.group) }
    }

    static func remove(_ path: String) throws { try FileManager.default.removeItem(atPath: path) }

    static func decodeBase64(_ text: String) -> String? {
        Base64.decode(text).map { String(decoding: $0, as: UTF8.self) }
    }

    /// Removes what is in a directory, but not the directory itself, which a container may see.
    static func empty(_ directory: String) throws {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? [] {
            try FileManager.default.removeItem(atPath: "\(directory)/\(name)")
        }
    }

    /// Copies a file or directory that a step has left, if it lies within the step's work copy after links are followed.
    static func copy(_ source: String, to target: String, within directory: String) throws {
        let real = URL(filePath: source).resolvingSymlinksInPath().path
        let root = URL(filePath: directory).resolvingSymlinksInPath().path
        guard real.hasPrefix("\(root)/") else {
            throw PipelineError(.fileFailed, "\(source) leads out of the work copy")
        }
        try makeDirectory(URL(filePath: target).deletingLastPathComponent().path)
        if FileManager.default.fileExists(atPath: target) {
            try FileManager.default.removeItem(atPath: target)
        }
        try FileManager.default.copyItem(atPath: real, toPath: target)
    }

    /// The files that an artifact's path names: all of a directory, or those that the pattern matches.
    static func artifacts(at path: String, in directory: String) -> [String] {
        files(matching: Glob(path), in: directory) + files(matching: Glob("\(path)/**"), in: directory)
    }

    /// The files below a directory that a pattern matches, as paths in it, sorted. Links are not followed.
    static func files(matching glob: Glob, in directory: String, limit: Int = 100_000) -> [String] {
        let prefix = glob.literalPrefix
        let start = prefix.isEmpty ? directory : "\(directory)/\(prefix)"
        // The walk itself follows no link, but it may begin behind one.
        guard let real = realPath(start), isWithin(real, directory),
            let walker = FileManager.default.enumerator(atPath: start)
        else { return [] }
        var result: [String] = []
        var seen = 0
        for case let name as String in walker {
            seen += 1
            if seen > limit { break }
            let path = prefix.isEmpty ? name : "\(prefix)/\(name)"
            guard glob.matches(path), isPlainFile("\(directory)/\(path)") else { continue }
            result.append(path)
        }
        return result.sorted()
    }

    /// Whether a path is a directory itself, not a link to one.
    static func isDirectory(_ path: String) -> Bool { kind(of: path) == .typeDirectory }

    /// Whether a path is a file itself, not a link to one.
    static func isPlainFile(_ path: String) -> Bool { kind(of: path) == .typeRegular }

    /// What is at a path, nil where there is nothing; a link is a link, whatever it leads to.
    static func kind(of path: String) -> FileAttributeType? {
        (try? FileManager.default.attributesOfItem(atPath: path))?[.type] as? FileAttributeType
    }
}
