import Git
import KubeModel
import Manifest
import Synchronization

/// Reads the fields of environments at the head of the config branch.
final class HeadReader: Sendable {
    private struct File: Sendable {
        var head: ObjectID
        var bytes: [UInt8]?
        var stream: YAMLStream?
        var fault: String?
    }

    private let branch: any ConfigBranch
    private let trail: PromotionTrail
    private let files = Mutex<[String: File]>([:])
    private static let limit = 4000

    init(_ branch: any ConfigBranch) {
        self.branch = branch
        trail = PromotionTrail(branch.repository)
    }

    /// What a field holds.
    ///
    /// - Parameters:
    ///   - head: the branch's newest commit; nil where there is none.
    ///   - known: the value that is known already, whose origin is not looked up again; nil where none is.
    ///   - landing: the promotions that may have been written by a process that ended before it could say so.
    func read(
        _ target: FieldTarget, at head: ObjectID?, known: LineState.Place?, landing: [LineState.Record] = []
    ) async throws -> LineFacts.Head {
        guard let head else {
            return .fault("\(branch.name) has no \(branch.reference) yet; push the services' files to it")
        }
        let file = try await file(target.file, at: head)
        if let fault = file.fault { return .fault(fault) }
        guard let stream = file.stream else {
            return .fault(
                "\(branch.name) has no \(target.file); add the overlay, or name another file by `path`")
        }
        let value: String?
        do throws(PromotionError) {
            value = try target.place.text(in: stream)
        } catch {
            return .fault(error.message)
        }
        if let known, known.isKnown, known.value == value { return .value(value, nil) }
        guard value != nil else { return .value(nil, nil) }
        for record in landing where record.value == value {
            guard let begun = record.status.createdAt.flatMap(Timestamp.init(rfc3339:)),
                let commit = try await trail.commit(of: record.name, at: head, since: begun)
            else { continue }
            return .value(value, Self.change(commit))
        }
        let commit = try await FieldHistory(branch.repository).lastChange(of: target, at: head)
        return .value(value, commit.map(Self.change))
    }

    static func change(_ commit: Commit) -> LineFacts.Change {
        LineFacts.Change(
            commit: commit.id.hex, at: Timestamp(seconds: commit.committer.seconds).rfc3339,
            promotion: PromotionEntry(commit)?.promotion, words: FieldHistory.words(commit))
    }

    /// A file at a commit, parsed again only where its bytes are others than before.
    private func file(_ path: String, at head: ObjectID) async throws -> File {
        let before = files.withLock { $0[path] }
        if let before, before.head == head { return before }
        var file = File(head: head, bytes: try await branch.repository.blob(path, at: head))
        if let before, before.bytes == file.bytes {
            file = before
            file.head = head
        } else if let bytes = file.bytes {
            do throws(ManifestError) {
                file.stream = try YAMLStream(bytes, file: path)
            } catch {
                file.fault = error.description
            }
        }
        let read = file
        files.withLock { files in
            if files.count > Self.limit { files = [:] }
            files[path] = read
        }
        return file
    }
}
