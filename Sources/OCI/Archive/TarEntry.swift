/// One member of a tar archive, without its content.
///
/// Names are bytes: file systems know no encoding, and two names must not become one by repair.
struct TarEntry: Equatable {
    enum Kind: Equatable {
        case file, hardLink, symbolicLink, characterDevice, blockDevice, directory, fifo
    }

    /// A part of a sparse file that is stored; the rest is holes.
    struct Segment: Equatable {
        var offset: Int64
        var count: Int64
    }

    var path: [UInt8]
    var kind: Kind = .file
    /// Permissions with the set-user-id, set-group-id and sticky bits.
    var mode: UInt32 = 0o644
    var userID: UInt32 = 0
    var groupID: UInt32 = 0
    /// The size of the file as it is on disk, holes included.
    var size: Int64 = 0
    var modificationSeconds: Int64 = 0
    var modificationNanoseconds: Int = 0
    /// The target of a hard or symbolic link.
    var linkTarget: [UInt8] = []
    var deviceMajor: UInt32 = 0
    var deviceMinor: UInt32 = 0
    /// Extended attributes in the order of the archive.
    var attributes: [Attribute] = []
    /// The stored parts of a sparse file; nil for others.
    var segments: [Segment]?

    struct Attribute: Equatable {
        var name: String
        var value: [UInt8]
    }

    init(path: [UInt8]) { self.path = path }

    /// The path for messages.
    var displayPath: String { String(decoding: path, as: UTF8.self) }
}
