/// The users and groups that a root file system knows (passwd(5), group(5)).
public struct UserDatabase: Sendable {
    private let users: [(name: String, user: UInt32, group: UInt32, home: String)]
    private let groups: [(name: String, group: UInt32, members: [String])]

    /// Reads the files of a container's root, the topmost layer's that has them; blocks for a moment.
    public init(of root: RootFileSystem) {
        let directories =
            switch root {
            case .host: [""]
            case .layers(let layers): Array(layers.reversed())
            }
        func text(_ file: String) -> String {
            directories.lazy.compactMap { Disk.text($0 + file) }.first ?? ""
        }
        self.init(passwd: text("/etc/passwd"), group: text("/etc/group"))
    }

    init(passwd: String, group: String) {
        users = Self.lines(passwd, fields: 6).compactMap { fields in
            guard let user = UInt32(fields[2]), let group = UInt32(fields[3]) else { return nil }
            return (fields[0], user, group, fields[5])
        }
        groups = Self.lines(group, fields: 3).compactMap { fields in
            guard let group = UInt32(fields[2]) else { return nil }
            let members = fields.count > 3 ? fields[3].split(separator: ",").map(String.init) : []
            return (fields[0], group, members)
        }
    }

    /// The identity that an image's `USER` means: `name`, `uid`, `name:group`, `uid:gid`; empty is root.
    ///
    /// Without a group it is the user's own with those it is a member of, as OCI images have it.
    ///
    /// - Throws: ``SandboxError`` with code `invalid` for a name that the root file system does not know.
    public func user(_ text: String) throws(SandboxError) -> ContainerUser {
        let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
        guard let name = parts.first else { return user(0) }
        var result: ContainerUser
        if let known = users.first(where: { $0.name == name }) {
            result = user(known.user)
        } else if let number = UInt32(name) {
            result = user(number)
        } else {
            throw SandboxError(
                .invalid,
                "the image's /etc/passwd has no user \"\(name)\": set securityContext.runAsUser to a number")
        }
        guard parts.count > 1 else { return result }
        if let known = groups.first(where: { $0.name == parts[1] }) {
            result.group = known.group
        } else if let number = UInt32(parts[1]) {
            result.group = number
        } else {
            throw SandboxError(
                .invalid,
                "the image's /etc/group has no group \"\(parts[1])\": set securityContext.runAsGroup to a number"
            )
        }
        result.groups = []
        return result
    }

    /// A user by number with its groups; one that is unknown has group 0, as with containerd.
    public func user(_ number: UInt32) -> ContainerUser {
        guard let known = users.first(where: { $0.user == number }) else {
            return ContainerUser(user: number, group: 0)
        }
        let memberships = groups.filter { $0.members.contains(known.name) && $0.group != known.group }
        return ContainerUser(user: number, group: known.group, groups: memberships.map(\.group))
    }

    /// The home directory of a user, `/` where it is unknown.
    func home(of user: UInt32) -> String {
        let home = users.first { $0.user == user }?.home ?? ""
        return home.isEmpty ? "/" : home
    }

    private static func lines(_ text: String, fields: Int) -> [[String]] {
        text.split(separator: "\n").compactMap { line in
            let parts = line.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
            return parts.count >= fields ? parts : nil
        }
    }
}
