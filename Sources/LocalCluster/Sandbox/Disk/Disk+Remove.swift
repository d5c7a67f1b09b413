import Glibc

extension Disk {
    /// Removes a file or a directory with all it holds; it is no failure that there is none.
    ///
    /// Symbolic links are not followed and mounts below are not touched: they make the call fail. The depth a
    /// container gave its directories does not matter, since each is brought to the top before it is emptied.
    ///
    /// - Throws: `SystemCallFailure`, with `EBUSY` for a mount.
    static func remove(_ path: String) throws(SystemCallFailure) {
        guard let status = status(path) else { return }
        guard status.kind == .directory else {
            if unlink(path) < 0, errno != ENOENT { throw SystemCallFailure("unlink", path) }
            return
        }
        if rmdir(path) == 0 || errno == ENOENT { return }
        let top = try OpenFile(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
        var remover = TreeRemover(top: top, device: status.device, path: path)
        try remover.empty()
        if rmdir(path) < 0, errno != ENOENT { throw SystemCallFailure("rmdir", path) }
    }
}

/// Empties a directory by raising what its directories hold until nothing but files is left.
private struct TreeRemover {
    let top: OpenFile
    let device: UInt64
    let path: String
    var raised = 0

    mutating func empty() throws(SystemCallFailure) {
        while true {
            let names = try list(top)
            if names.isEmpty { return }
            for name in names where try !unlink(name, in: top) { try empty(name) }
        }
    }

    /// Empties one directory of the top, raising the directories in it, and removes it.
    private mutating func empty(_ name: String) throws(SystemCallFailure) {
        // Its owner may have taken all permissions from it.
        fchmodat(top.descriptor, name, 0o700, 0)
        let descriptor = openat(top.descriptor, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else { throw SystemCallFailure("open", "\(path)/\(name)") }
        let directory = OpenFile(owning: descriptor)
        guard FileStatus(descriptor: descriptor)?.device == device else {
            throw SystemCallFailure("unmount", "\(path)/\(name)", EBUSY)
        }
        for child in try list(directory) where try !unlink(child, in: directory) {
            if unlinkat(descriptor, child, AT_REMOVEDIR) == 0 { continue }
            raised += 1
            // Moving a directory changes its "..", for which its owner's permission is needed.
            fchmodat(descriptor, child, 0o700, 0)
            guard renameat(descriptor, child, top.descriptor, ".raised-\(raised)") == 0 else {
                throw SystemCallFailure("rename", "\(path)/\(name)/\(child)")
            }
        }
        if unlinkat(top.descriptor, name, AT_REMOVEDIR) < 0 {
            throw SystemCallFailure("rmdir", "\(path)/\(name)")
        }
    }

    /// Whether the name was no directory and is gone.
    private func unlink(_ name: String, in directory: OpenFile) throws(SystemCallFailure) -> Bool {
        if unlinkat(directory.descriptor, name, 0) == 0 || errno == ENOENT { return true }
        if errno == EISDIR || errno == EPERM { return false }
        throw SystemCallFailure("unlink", "\(path)/…/\(name)")
    }

    private func list(_ directory: OpenFile) throws(SystemCallFailure) -> [String] {
        let copy = openat(directory.descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard copy >= 0, let stream = fdopendir(copy) else { throw SystemCallFailure("opendir", path) }
        defer { closedir(stream) }
        return Disk.names(in: stream)
    }
}
