import Glibc

/// Deletions.
extension TreeWriter {
    /// Carries out a deletion; returns false for other members.
    func removeWhiteout(
        _ name: [CChar], in directory: OpenFile, at parent: TreePath
    ) throws(OCIError) -> Bool {
        let prefix: [CChar] = ".wh.".utf8.map { CChar(bitPattern: $0) }
        guard name.starts(with: prefix) else { return false }
        let hidden = Array(name.dropFirst(prefix.count))
        do throws(SystemCallFailure) {
            if hidden == ".wh..opq".utf8CString.map({ $0 }) {
                try hideLower(directory, at: parent)
                return true
            }
            // Other names of this form are notes that aufs made for itself.
            if hidden.starts(with: prefix) { return true }
            guard hidden != [0], hidden != [46, 0], hidden != [46, 46, 0] else {
                throw SystemCallFailure("delete", parent.appending(name).text, EINVAL)
            }
            try delete(hidden, in: directory, at: parent.appending(hidden))
        } catch {
            if error.number == EINVAL, error.call == "delete" {
                throw OCIError(
                    .unsafeLayer, "the deletion '\(error.subject)' in the layer names no file")
            }
            throw .storage("carry out the deletion \(parent.appending(name).text)", error)
        }
        return true
    }

    func delete(
        _ name: [CChar], in directory: OpenFile, at path: TreePath
    ) throws(SystemCallFailure) {
        switch options.whiteouts {
        case .applied:
            let made = made
            try TreeRemoval.remove(name, in: directory, at: path) { made.contains($0) }
            root.forget()
        case .overlay:
            if let status = RootDirectory.status(directory, name) {
                // Made by this layer, so it hides what is below already; a directory must be told to.
                if status.st_mode & S_IFMT == S_IFDIR { try setOpaque(name, in: directory) }
                return
            }
            if mknodat(directory.descriptor, name, S_IFCHR | 0o000, 0) < 0 {
                throw SystemCallFailure("mknod", path.text)
            }
        }
    }

    func hideLower(_ directory: OpenFile, at path: TreePath) throws(SystemCallFailure) {
        switch options.whiteouts {
        case .applied:
            let made = made
            for name in try RootDirectory.names(in: directory) {
                try TreeRemoval.remove(name, in: directory, at: path.appending(name)) { made.contains($0) }
            }
            root.forget()
        case .overlay:
            try ImageAttributes.setOpaque(directory)
        }
    }
}
