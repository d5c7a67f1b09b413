import CSandbox
import Glibc
import KubeModel

/// What the system says of a file (stat(2)).
struct FileStatus: Sendable {
    enum Kind: UInt32, Sendable {
        case pipe = 0o010000
        case characterDevice = 0o020000
        case directory = 0o040000
        case blockDevice = 0o060000
        case file = 0o100000
        case link = 0o120000
        case socket = 0o140000
    }

    private let status: csandbox_file_status

    /// A file by its path; nil where there is none or it may not be seen.
    init?(_ path: String, followingLinks: Bool = false) {
        var status = csandbox_file_status()
        guard csandbox_status_of_path(path, followingLinks, &status) == 0 else { return nil }
        self.status = status
    }

    /// An open file.
    init?(descriptor: Int32) {
        var status = csandbox_file_status()
        guard csandbox_status_of_file(descriptor, &status) == 0 else { return nil }
        self.status = status
    }

    var kind: Kind? { Kind(rawValue: status.mode & 0o170000) }
    var permissions: mode_t { mode_t(status.mode & 0o7777) }
    /// The file system that the file is in.
    var device: UInt64 { status.device }
    /// The device that the file stands for.
    var specialDevice: UInt64 { status.special_device }
    var size: Int { Int(status.size) }
    /// In units of 512 bytes.
    var blocks: Int { Int(status.blocks) }
    var modified: Timestamp {
        Timestamp(seconds: status.modified_seconds, nanoseconds: status.modified_nanoseconds)
    }
}
