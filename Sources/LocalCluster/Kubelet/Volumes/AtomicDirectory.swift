import Glibc

/// A file of a volume that is written from an object of the API.
struct ProjectedFile: Sendable, Hashable {
    var bytes: [UInt8]
    var mode: mode_t
}

/// A directory whose files all change at once, as kubelet writes ConfigMaps and Secrets.
///
/// The files lie in a directory that is made anew for each change; `..data` leads to it, and every visible name
/// leads through `..data`. Who watches the directory sees one change, and no reader a mixture.
struct AtomicDirectory: Sendable {
    let path: String
    /// The group that files belong to (`fsGroup`), nil for that of Slipway.
    var group: UInt32?

    /// Makes the directory hold these files, by their paths in it; does nothing where it does already.
    func write(_ files: [String: ProjectedFile]) throws(SystemCallFailure) {
        try Disk.makeDirectory(path, mode: 0o755)
        let present = Disk.symbolicLink("\(path)/..data")
        if let present, holds(files, in: "\(path)/\(present)") { return }
        let version = nextVersion(after: present)
        let draft = "\(path)/\(version)"
        try Disk.remove(draft)
        try Disk.makeDirectory(draft, mode: 0o755)
        for (name, file) in files { try write(file, to: "\(draft)/\(name)") }
        try switchOver(to: version)
        try link(Set(files.keys.map(Self.top)))
        for name in Disk.entries(path) where name.hasPrefix("..") && name != "..data" && name != version {
            try Disk.remove("\(path)/\(name)")
        }
    }

    private func write(_ file: ProjectedFile, to place: String) throws(SystemCallFailure) {
        if let slash = place.lastIndex(of: "/") {
            try Disk.makeDirectory(String(place[..<slash]), mode: 0o755)
        }
        let mode = group == nil ? file.mode : file.mode | 0o440
        let output = try OpenFile(place, O_WRONLY | O_CREAT | O_TRUNC, mode: 0o600)
        try output.write(file.bytes)
        if let group, geteuid() == 0, fchown(output.descriptor, uid_t.max, group) < 0 {
            throw SystemCallFailure("chown", place)
        }
        if fchmod(output.descriptor, mode) < 0 { throw SystemCallFailure("chmod", place) }
    }

    private func switchOver(to version: String) throws(SystemCallFailure) {
        let draft = "\(path)/..data_tmp"
        try Disk.remove(draft)
        if symlink(version, draft) < 0 { throw SystemCallFailure("symlink", draft) }
        if rename(draft, "\(path)/..data") < 0 { throw SystemCallFailure("rename", "\(path)/..data") }
    }

    /// Has the visible names lead to the files, and removes those that lead nowhere any more.
    private func link(_ names: Set<String>) throws(SystemCallFailure) {
        for name in Disk.entries(path) where !name.hasPrefix("..") && !names.contains(name) {
            try Disk.remove("\(path)/\(name)")
        }
        for name in names where !Disk.exists("\(path)/\(name)") {
            if symlink("..data/\(name)", "\(path)/\(name)") < 0, errno != EEXIST {
                throw SystemCallFailure("symlink", "\(path)/\(name)")
            }
        }
    }

    private func holds(_ files: [String: ProjectedFile], in directory: String) -> Bool {
        guard Self.files(below: directory) == Set(files.keys) else { return false }
        return files.allSatisfy { name, file in
            let place = "\(directory)/\(name)"
            let mode = group == nil ? file.mode : file.mode | 0o440
            guard let status = Disk.status(place), status.permissions == mode else { return false }
            return (try? Disk.read(place)) == file.bytes
        }
    }

    private static func files(below directory: String, prefix: String = "") -> Set<String> {
        var result: Set<String> = []
        for name in Disk.entries(directory) {
            let place = "\(directory)/\(name)"
            if Disk.isDirectory(place) {
                result.formUnion(files(below: place, prefix: "\(prefix)\(name)/"))
            } else {
                result.insert(prefix + name)
            }
        }
        return result
    }

    /// Versions count up, so that a name never stands for two contents.
    private func nextVersion(after present: String?) -> String {
        let number = present.flatMap { Int($0.drop { !$0.isNumber }) } ?? 0
        return "..version_\(number + 1)"
    }

    private static func top(of path: String) -> String {
        path.split(separator: "/").first.map(String.init) ?? path
    }
}
