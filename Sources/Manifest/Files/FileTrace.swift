/// What a reader saw of a tree: everything that, changed, could change what the reader made of it.
public struct FileTrace: Sendable, Hashable {
    /// Files whose bytes were read.
    public var files: Set<String> = []
    /// Links that were followed or looked at.
    public var links: Set<String> = []
    /// Directories that were found where something was looked for.
    public var directories: Set<String> = []
    /// Directories whose names were listed.
    public var listings: Set<String> = []
    /// Paths where nothing stood.
    public var absent: Set<String> = []

    /// A trace of nothing.
    public init() {}

    /// Adds what another reader saw.
    public mutating func formUnion(_ other: FileTrace) {
        files.formUnion(other.files)
        links.formUnion(other.links)
        directories.formUnion(other.directories)
        listings.formUnion(other.listings)
        absent.formUnion(other.absent)
    }

    /// Whether a change of what stands at a path can matter to the reader.
    ///
    /// Git names files only: a directory that appears does so with a file below it, so a path below one that was
    /// looked for in vain counts, and so does one below a directory that was listed, unless it lies in a directory
    /// that the lister found and looked at for itself.
    ///
    /// - Parameter contentsOnly: whether the file is there before and after, with other bytes; a listing does not
    ///   change then.
    public func isTouched(by path: String, contentsOnly: Bool = false) -> Bool {
        if files.contains(path) || links.contains(path) { return true }
        if contentsOnly { return false }
        if directories.contains(path) || absent.contains(path) { return true }
        guard !absent.isEmpty || !listings.isEmpty else { return false }
        var child = path
        while !child.isEmpty {
            let parent = TreePath.parent(of: child)
            if absent.contains(parent) { return true }
            if listings.contains(parent), !directories.contains(child) { return true }
            child = parent
        }
        return false
    }

    /// Whether any of the changed paths can matter to the reader.
    public func isTouched(by paths: some Sequence<String>) -> Bool {
        paths.contains { isTouched(by: $0) }
    }
}
