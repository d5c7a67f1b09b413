/// A change of one path, to be made on a tree.
public enum TreeEdit: Sendable, Hashable {
    /// Writes a file, and the folders above it. Without a mode, a file that is there keeps its own.
    case write(String, [UInt8], mode: FileMode? = nil)
    /// Removes a file or a whole folder; folders that become empty go with it. What is not there is left alone.
    case remove(String)

    /// The path that changes.
    public var path: String {
        switch self {
        case .write(let path, _, _), .remove(let path): path
        }
    }

    /// The path's components.
    ///
    /// - Throws: ``GitError`` with code `invalidName` for a path that leaves the tree or that git refuses.
    func components() throws(GitError) -> [[UInt8]] {
        let parts = path.utf8.split(separator: 0x2f, omittingEmptySubsequences: false).map(Array.init)
        for part in parts {
            let text = String(decoding: part, as: UTF8.self).lowercased()
            guard !part.isEmpty, !part.contains(0), text != ".", text != "..", text != ".git" else {
                throw GitError(
                    .invalidName, "\"\(path)\" is no path inside a repository; write it as folder/file")
            }
        }
        return parts
    }
}
