import Glibc

/// File systems that are mounted, and mounting them.
enum Mounts {
    /// Where file systems are mounted at or below a directory, deepest and latest last.
    static func below(_ directory: String) -> [String] {
        guard let table = try? Disk.read("/proc/self/mountinfo", limit: 64 << 20) else { return [] }
        return table.split(separator: UInt8(ascii: "\n")).compactMap { line in
            // The fifth field; blanks and the like are written as three octal digits (proc_pid_mountinfo(5)).
            let fields = line.split(separator: UInt8(ascii: " "), maxSplits: 5)
            guard fields.count > 4 else { return nil }
            let path = String(decoding: unescaped(fields[4]), as: UTF8.self)
            return path == directory || path.hasPrefix(directory + "/") ? path : nil
        }
    }

    static func contains(_ path: String) -> Bool { below(path).contains(path) }

    static func mount(
        _ source: String, at target: String, type: String? = nil, flags: Int = 0, options: String? = nil
    ) throws(SystemCallFailure) {
        let result = withOptionalCString(options) { data in
            withOptionalCString(type) { Glibc.mount(source, target, $0, UInt(flags), data) }
        }
        if result < 0 { throw SystemCallFailure("mount", target) }
    }

    /// Takes a mount away, at once where it is in use; it is no failure that there is none.
    static func unmount(_ path: String) throws(SystemCallFailure) {
        while umount2(path, Int32(MNT_DETACH)) == 0 {}
        // EINVAL: no mount; ENOENT: no file. Who may not mount is told so even where there is nothing.
        if errno == EINVAL || errno == ENOENT || errno == EPERM && !contains(path) { return }
        throw SystemCallFailure("unmount", path)
    }

    /// Makes a directory whose mounts stay out of containers that get a copy of the machine's mounts.
    ///
    /// Without this, a container that sees the machine's root would hold every other container's file system
    /// and network for as long as it runs.
    static func makeUnbindable(_ path: String) throws(SystemCallFailure) {
        if contains(path) { return }
        try mount(path, at: path, flags: Int(MS_BIND))
        try mount("none", at: path, flags: Int(MS_UNBINDABLE))
    }

    private static func withOptionalCString<R>(
        _ text: String?, _ body: (UnsafePointer<CChar>?) -> R
    ) -> R {
        if let text { text.withCString(body) } else { body(nil) }
    }

    private static func unescaped(_ field: ArraySlice<UInt8>) -> [UInt8] {
        var bytes: [UInt8] = []
        var rest = field
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "\\"), rest.count >= 3 {
                let digits = rest.prefix(3).map { $0 &- UInt8(ascii: "0") }
                bytes.append(digits.reduce(0) { $0 &* 8 &+ $1 })
                rest = rest.dropFirst(3)
            } else {
                bytes.append(byte)
            }
        }
        return bytes
    }
}
