import Glibc

/// Deletes what whiteouts name, without ever following a link.
enum TreeRemoval {
    /// Deletes a name and everything below it; it is no failure that there is nothing.
    ///
    /// - Parameter keeps: whether something of this layer stands at a path and stays; directories above it stay too.
    /// - Returns: whether the name is gone.
    @discardableResult
    static func remove(
        _ name: [CChar], in directory: OpenFile, at path: TreePath, depth: Int = 0,
        keeping keeps: (TreePath) -> Bool = { _ in false }
    ) throws(SystemCallFailure) -> Bool {
        if keeps(path) {
            try removeContents(of: name, in: directory, at: path, depth: depth, keeping: keeps)
            return false
        }
        if unlinkat(directory.descriptor, name, 0) == 0 || errno == ENOENT { return true }
        guard errno == EISDIR || errno == EPERM else { throw SystemCallFailure("unlink", path.text) }
        if unlinkat(directory.descriptor, name, AT_REMOVEDIR) == 0 { return true }
        let isEmpty = try removeContents(of: name, in: directory, at: path, depth: depth, keeping: keeps)
        guard isEmpty else { return false }
        if unlinkat(directory.descriptor, name, AT_REMOVEDIR) == 0 || errno == ENOENT { return true }
        throw SystemCallFailure("rmdir", path.text)
    }

    /// Empties a directory and returns whether nothing is left; anything else is left as it is.
    @discardableResult
    static func removeContents(
        of name: [CChar], in directory: OpenFile, at path: TreePath, depth: Int = 0,
        keeping keeps: (TreePath) -> Bool
    ) throws(SystemCallFailure) -> Bool {
        // Deeper trees than paths can be long come from no image.
        guard depth < 2_048 else { throw SystemCallFailure("rmdir", path.text, ELOOP) }
        // Its owner may have taken permissions from it that are needed to empty it.
        fchmodat(directory.descriptor, name, 0o700, AT_SYMLINK_NOFOLLOW)
        let descriptor = openat(
            directory.descriptor, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOTDIR || errno == ELOOP || errno == ENOENT { return false }
            throw SystemCallFailure("open", path.text)
        }
        let inner = OpenFile(owning: descriptor, path: path.text)
        var isEmpty = true
        for child in try RootDirectory.names(in: inner) {
            let isGone = try remove(
                child, in: inner, at: path.appending(child), depth: depth + 1, keeping: keeps)
            isEmpty = isEmpty && isGone
        }
        return isEmpty
    }
}
