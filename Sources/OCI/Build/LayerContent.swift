/// What goes into one layer of an image.
public struct LayerContent: Sendable, Hashable {
    /// One thing that goes into a layer.
    public struct Item: Sendable, Hashable {
        enum Source: Sendable, Hashable {
            case path(String, excluding: [String])
            case file([UInt8])
            case directory
            case symbolicLink(String)
        }

        let source: Source
        /// Where in the image.
        let target: String
        let mode: UInt32?

        /// A file, or a directory with everything in it, from this machine.
        ///
        /// - Parameters:
        ///   - path: what to take; symbolic links in it are taken as links.
        ///   - target: where in the image; a directory's content goes into the directory of that name.
        ///   - excluding: paths below `path`, such as `.git`, that are left out with all they hold.
        ///   - mode: the permissions of every file; nil for 0644, or 0755 for what is executable.
        public static func path(
            _ path: String, at target: String, excluding: [String] = [], mode: UInt32? = nil
        ) -> Item {
            Item(source: .path(path, excluding: excluding), target: target, mode: mode)
        }

        /// A file whose content is given.
        public static func file(_ content: [UInt8], at target: String, mode: UInt32 = 0o644) -> Item {
            Item(source: .file(content), target: target, mode: mode)
        }

        /// An empty directory, or the mode of one that other items fill.
        public static func directory(at target: String, mode: UInt32 = 0o755) -> Item {
            Item(source: .directory, target: target, mode: mode)
        }

        /// A symbolic link.
        public static func symbolicLink(to destination: String, at target: String) -> Item {
            Item(source: .symbolicLink(destination), target: target, mode: nil)
        }
    }

    /// Put into the layer in the order of their paths, later items over earlier ones.
    public var items: [Item]
    /// The numbers of the user and the group that own everything.
    public var userID: UInt32
    /// The number of the group that owns everything.
    public var groupID: UInt32
    /// What the image's history says of the layer.
    public var comment: String

    /// A layer of some items, all owned by one user.
    public init(_ items: [Item], userID: UInt32 = 0, groupID: UInt32 = 0, comment: String = "files") {
        self.items = items
        self.userID = userID
        self.groupID = groupID
        self.comment = comment
    }
}

/// A file in an image, and how large it is.
public struct ImageFile: Sendable, Hashable {
    /// Absolute, as a container sees it.
    public let path: String
    /// Uncompressed.
    public let size: Int64
    /// The layer it is in, from 0.
    public let layer: Int
}
