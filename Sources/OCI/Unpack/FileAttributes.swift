import CSandbox
import Glibc

/// Owner, mode, times and extended attributes, as an unpacked file gets them.
struct FileAttributes {
    var mode: mode_t
    var userID: uid_t
    var groupID: gid_t
    var seconds: Int64
    var nanoseconds: Int

    init(_ entry: TarEntry) {
        mode = mode_t(entry.mode)
        userID = entry.userID
        groupID = entry.groupID
        seconds = entry.modificationSeconds
        nanoseconds = entry.modificationNanoseconds
    }

    init(_ status: stat) {
        mode = status.st_mode & 0o7777
        userID = status.st_uid
        groupID = status.st_gid
        seconds = Int64(status.st_mtim.tv_sec)
        nanoseconds = Int(status.st_mtim.tv_nsec)
    }

    /// The same for directories that nobody describes.
    static func directory(of entry: TarEntry) -> FileAttributes {
        var attributes = FileAttributes(entry)
        (attributes.mode, attributes.userID, attributes.groupID) = (0o755, 0, 0)
        return attributes
    }

    /// Gives a name in a directory its owner.
    func setOwner(_ directory: OpenFile, _ name: [CChar]) throws(SystemCallFailure) {
        if fchownat(directory.descriptor, name, userID, groupID, AT_SYMLINK_NOFOLLOW) < 0 {
            throw SystemCallFailure("chown", TreePath.text(name))
        }
    }

    /// Gives a name in a directory its mode. The name must be no symbolic link.
    func setMode(_ directory: OpenFile, _ name: [CChar]) throws(SystemCallFailure) {
        if fchmodat(directory.descriptor, name, mode, 0) < 0 {
            throw SystemCallFailure("chmod", TreePath.text(name))
        }
    }

    /// Gives a name in a directory its time of last change.
    func setTime(_ directory: OpenFile, _ name: [CChar]) throws(SystemCallFailure) {
        let times = timespecs
        if utimensat(directory.descriptor, name, times, AT_SYMLINK_NOFOLLOW) < 0 {
            throw SystemCallFailure("utimensat", TreePath.text(name))
        }
    }

    var timespecs: [timespec] {
        let time = timespec(tv_sec: Int(seconds), tv_nsec: nanoseconds)
        return [time, time]
    }
}

/// Extended attributes that an image may bring.
enum ImageAttributes {
    /// Capabilities of programs and attributes of the application's own. Others steer the machine's file systems and
    /// security modules: `trusted.overlay.*` in an image could make directories of other layers vanish.
    static func isAllowed(_ name: String) -> Bool {
        name == "security.capability" || (name.hasPrefix("user.") && !name.hasPrefix("user.overlay."))
    }

    /// Sets an attribute and returns whether the file system and this process could.
    static func set(
        _ attribute: TarEntry.Attribute, on directory: OpenFile, _ name: [CChar]
    ) throws(SystemCallFailure) -> Bool {
        let path = path(directory, name)
        if lsetxattr(path, attribute.name, attribute.value, attribute.value.count, 0) == 0 { return true }
        // Without the right, on a file system without them, or on a symbolic link.
        if [ENOTSUP, EPERM, EINVAL].contains(errno) { return false }
        throw SystemCallFailure("setxattr", "\(TreePath.text(name)) (\(attribute.name))")
    }

    /// Marks a directory as hiding what lower layers have in it.
    static func setOpaque(_ directory: OpenFile) throws(SystemCallFailure) {
        let value: [UInt8] = [UInt8(ascii: "y")]
        let path = "/proc/self/fd/\(directory.descriptor)"
        if setxattr(path, "trusted.overlay.opaque", value, 1, 0) < 0 {
            throw SystemCallFailure("setxattr", "\(directory.path) (trusted.overlay.opaque)")
        }
    }

    static func isOpaque(_ directory: OpenFile, _ name: [CChar]) -> Bool {
        var value: UInt8 = 0
        return lgetxattr(path(directory, name), "trusted.overlay.opaque", &value, 1) == 1
            && value == UInt8(ascii: "y")
    }

    /// A path whose only step is a name in an open directory, for calls that know no directories.
    private static func path(_ directory: OpenFile, _ name: [CChar]) -> String {
        "/proc/self/fd/\(directory.descriptor)/\(TreePath.text(name))"
    }
}
