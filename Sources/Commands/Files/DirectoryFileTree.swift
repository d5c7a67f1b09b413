import CSandbox
import Foundation
import Manifest

/// A directory of this machine as a tree of files. Calls block.
struct DirectoryFileTree: FileTree {
    /// The directory's path with a `/` at its end.
    private let prefix: String

    /// The files below a directory; `/` by default, so that paths are those of the machine without their first slash.
    init(root: String = "/") {
        prefix = root.hasSuffix("/") ? root : "\(root)/"
    }

    func kind(of path: String) throws(FileTreeError) -> FileKind? {
        var status = csandbox_file_status()
        guard csandbox_status_of_path(prefix + path, false, &status) == 0 else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw FileTreeError(
                .unreadable, path: path, "lstat /\(path): \(StandardStreams.systemMessage())")
        }
        switch status.mode & S_IFMT {
        case S_IFDIR: return .directory
        case S_IFLNK: return .symbolicLink(target: try target(of: path))
        default: return .file
        }
    }

    func read(_ path: String) throws(FileTreeError) -> [UInt8] {
        let descriptor = open(prefix + path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure("open", path) }
        defer { close(descriptor) }
        var status = csandbox_file_status()
        guard csandbox_status_of_file(descriptor, &status) == 0 else { throw failure("stat", path) }
        guard status.mode & S_IFMT != S_IFDIR else { throw .notAFile(path) }
        do throws(CommandFailure) {
            return try StandardStreams.readAll(descriptor, name: "/\(path)")
        } catch {
            throw FileTreeError(.unreadable, path: path, error.description)
        }
    }

    func list(_ path: String) throws(FileTreeError) -> [String] {
        guard let directory = opendir(prefix + path) else {
            throw errno == ENOTDIR ? .notADirectory(path) : failure("open", path)
        }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    private func target(of path: String) throws(FileTreeError) -> String {
        var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
        let count = buffer.withUnsafeMutableBytes { bytes -> Int in
            guard let start = bytes.assumingMemoryBound(to: CChar.self).baseAddress else { return -1 }
            return readlink(prefix + path, start, bytes.count)
        }
        guard count >= 0 else { throw failure("readlink", path) }
        return String(decoding: buffer[..<count], as: UTF8.self)
    }

    private func failure(_ call: String, _ path: String) -> FileTreeError {
        if errno == ENOENT { return .notFound(path) }
        return FileTreeError(.unreadable, path: path, "\(call) /\(path): \(StandardStreams.systemMessage())")
    }
}
