import Glibc
import Manifest

/// What a registry keeps on disk: the blobs of all repositories, by digest, and which repository has which.
///
/// Each fact is a file of its own that appears and vanishes in one step, so that requests need no locks, several
/// processes can share a directory, and nothing that was acknowledged is lost in a power cut. All calls block.
///
///     blobs/sha256/…                                     content
///     repositories/NAME/_registry/blobs/ALGORITHM-HEX     the repository has this blob
///                                 manifests/ALGORITHM-HEX its media type
///                                 tags/TAG                its digest
///                                 reserved/TAG            the digest of an immutable tag, which outlives the tag
///                                 referrers/SUBJECT/ALGORITHM-HEX   a descriptor
///     uploads/                                           blobs on their way
struct RegistryStorage: Sendable {
    let content: ContentStore
    let directory: String

    init(directory: String) throws(OCIError) {
        content = try ContentStore(directory: directory)
        self.directory = directory
        do throws(SystemCallFailure) {
            try Disk.makeDirectory("\(directory)/repositories")
            try Disk.makeDirectory("\(directory)/uploads")
        } catch { throw .storage("open the registry in \(directory)", error) }
    }

    private func path(_ repository: String, _ folder: String, _ name: String = "") -> String {
        "\(directory)/repositories/\(repository)/_registry/\(folder)" + (name.isEmpty ? "" : "/\(name)")
    }

    private func name(_ digest: Digest) -> String { "\(digest.algorithm.rawValue)-\(digest.hex)" }

    func hasRepository(_ repository: String) -> Bool {
        Disk.isDirectory("\(directory)/repositories/\(repository)/_registry")
    }

    // MARK: Blobs

    /// The size of a blob, nil where the repository does not have it.
    func blobSize(_ digest: Digest, in repository: String) -> Int64? {
        guard Disk.size(path(repository, "blobs", name(digest))) != nil else { return nil }
        return Disk.size(content.path(of: digest))
    }

    /// Lets a repository have a blob whose content is stored.
    func link(_ digest: Digest, in repository: String) throws(SystemCallFailure) {
        try touch(path(repository, "blobs", name(digest)))
    }

    /// Takes a blob from a repository; false where it did not have it. Others may have it still.
    func unlink(_ digest: Digest, in repository: String) throws(SystemCallFailure) -> Bool {
        try remove(path(repository, "blobs", name(digest)))
    }

    // MARK: Manifests

    /// The media type of a manifest, nil where the repository does not have it.
    func mediaType(of digest: Digest, in repository: String) throws(SystemCallFailure) -> MediaType? {
        try Disk.read(path(repository, "manifests", name(digest)), limit: 4_096).map {
            MediaType(String(decoding: $0, as: UTF8.self))
        }
    }

    /// Records a manifest whose content is stored, and lists it with its subject.
    func record(_ document: ManifestDocument, in repository: String) throws(SystemCallFailure) {
        if let subject = document.subject {
            let folder = path(repository, "referrers", name(subject.digest))
            try Disk.makeDirectory(folder)
            try Disk.replace(
                "\(folder)/\(name(document.digest))", with: JSON.write(document.referrerDescriptor.value))
        }
        let file = path(repository, "manifests", name(document.digest))
        try Disk.makeDirectory(Disk.parent(of: file))
        try Disk.replace(file, with: Array(document.mediaType.rawValue.utf8))
    }

    /// Takes a manifest from a repository with the tags that name it; false where it did not have it.
    func forget(
        _ digest: Digest, subject: Digest?, in repository: String
    ) throws(SystemCallFailure) -> Bool {
        for tag in tags(in: repository) where try self.digest(of: tag, in: repository) == digest {
            _ = try remove(path(repository, "tags", tag))
        }
        let isFound = try remove(path(repository, "manifests", name(digest)))
        if let subject {
            _ = try remove("\(path(repository, "referrers", name(subject)))/\(name(digest))")
        }
        return isFound
    }

    /// The manifests that name one as their subject, in the order of their digests.
    func referrers(of digest: Digest, in repository: String) throws(OCIError) -> [Descriptor] {
        let folder = path(repository, "referrers", name(digest))
        var found: [Descriptor] = []
        for entry in Disk.entries(folder) where !entry.hasPrefix(".") {
            let bytes: [UInt8]?
            do throws(SystemCallFailure) {
                bytes = try Disk.read("\(folder)/\(entry)", limit: ManifestDocument.largestSize)
            } catch { throw .storage("read the referrers of \(digest)", error) }
            guard let bytes else { continue }
            let fields = try DocumentFields(parsing: bytes, as: "record of referrer \(entry)")
            found.append(try Descriptor(fields))
        }
        return found
    }

    // MARK: Tags

    /// The tags of a repository in the order of their bytes.
    func tags(in repository: String) -> [String] {
        Disk.entries(path(repository, "tags")).filter { ReferenceGrammar.isTag($0) }
    }

    /// What a tag names, nil where there is no such tag.
    func digest(of tag: String, in repository: String) throws(SystemCallFailure) -> Digest? {
        try Disk.read(path(repository, "tags", tag), limit: 256).flatMap {
            try? Digest(parsing: String(decoding: $0, as: UTF8.self))
        }
    }

    /// Lets a tag name a manifest.
    ///
    /// - Parameters:
    ///   - isImmutable: a tag that names, or ever named, another manifest stays as it is.
    ///   - condition: what a tag that moves must name now.
    func tag(
        _ digest: Digest, as tag: String, in repository: String, isImmutable: Bool,
        if condition: TagCondition? = nil
    ) throws(SystemCallFailure) -> Tagging {
        let file = path(repository, "tags", tag)
        try Disk.makeDirectory(Disk.parent(of: file))
        let bytes = Array(digest.description.utf8)
        if isImmutable {
            if let present = try self.digest(of: tag, in: repository), present != digest {
                return .taken(present)
            }
            let reservation = path(repository, "reserved", tag)
            try Disk.makeDirectory(Disk.parent(of: reservation))
            // Of two requests at once, only one can create the file.
            if try !create(reservation, bytes), let text = try Disk.read(reservation, limit: 256),
                let reserved = try? Digest(parsing: String(decoding: text, as: UTF8.self)), reserved != digest
            {
                return .taken(reserved)
            }
        }
        // Between the look and the change nobody may write, of this process or another.
        let lock = try OpenFile("\(Disk.parent(of: file))/.lock", O_RDWR | O_CREAT, mode: 0o600)
        while flock(lock.descriptor, LOCK_EX) < 0 {
            guard errno == EINTR else { throw SystemCallFailure("flock", lock.path) }
        }
        if let condition, !condition.holds(for: try self.digest(of: tag, in: repository)) { return .outdated }
        try Disk.replace(file, with: bytes)
        return .tagged
    }

    /// How an attempt to set a tag ended.
    enum Tagging: Sendable, Hashable {
        case tagged
        /// The tag names, or is reserved for, another manifest and must not move.
        case taken(Digest)
        /// The condition does not hold.
        case outdated
    }

    /// Removes a tag; false where there was none.
    func untag(_ tag: String, in repository: String) throws(SystemCallFailure) -> Bool {
        try remove(path(repository, "tags", tag))
    }

    /// The names of all repositories in the order of their bytes.
    func repositories() -> [String] {
        var found: [String] = []
        var pending = [""]
        while let folder = pending.popLast() {
            for entry in Disk.entries("\(directory)/repositories\(folder)") {
                if entry == "_registry" {
                    if !folder.isEmpty { found.append(String(folder.dropFirst())) }
                } else if Disk.isDirectory("\(directory)/repositories\(folder)/\(entry)") {
                    pending.append("\(folder)/\(entry)")
                }
            }
        }
        return found.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    // MARK: Files

    /// Makes an empty file that will survive a power cut.
    private func touch(_ path: String) throws(SystemCallFailure) {
        if Disk.size(path) != nil { return }
        let folder = Disk.parent(of: path)
        try Disk.makeDirectory(folder)
        _ = try OpenFile(path, O_WRONLY | O_CREAT, mode: 0o644)
        try Disk.syncDirectory(folder)
    }

    /// Makes a file with its content in one step; false where there is one already.
    private func create(_ path: String, _ bytes: [UInt8]) throws(SystemCallFailure) -> Bool {
        let folder = Disk.parent(of: path)
        let draft = try Disk.makeTemporary(in: folder, prefix: ".new-")
        defer { Glibc.unlink(draft.path) }
        try draft.write(bytes)
        try draft.sync()
        if Glibc.link(draft.path, path) < 0 {
            if errno == EEXIST { return false }
            throw SystemCallFailure("link", path)
        }
        try Disk.syncDirectory(folder)
        return true
    }

    private func remove(_ path: String) throws(SystemCallFailure) -> Bool {
        if Glibc.unlink(path) < 0 {
            if errno == ENOENT || errno == ENOTDIR { return false }
            throw SystemCallFailure("unlink", path)
        }
        try Disk.syncDirectory(Disk.parent(of: path))
        return true
    }
}
