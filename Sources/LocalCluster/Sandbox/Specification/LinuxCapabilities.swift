/// A set of capabilities(7): what a container's root may do of what root may do.
public struct LinuxCapabilities: Sendable, Hashable, Codable {
    /// Bit n stands for the capability of number n.
    public private(set) var bits: UInt64

    private init(bits: UInt64) { self.bits = bits }

    /// None at all.
    public static let none = LinuxCapabilities(bits: 0)
    /// All that are known here.
    public static let all = LinuxCapabilities(bits: (1 << UInt64(order.count)) - 1)

    /// What containerd grants unless a pod says otherwise.
    public static let standard = LinuxCapabilities(
        bits: [
            "CHOWN", "DAC_OVERRIDE", "FSETID", "FOWNER", "MKNOD", "NET_RAW", "SETGID", "SETUID", "SETFCAP",
            "SETPCAP", "NET_BIND_SERVICE", "SYS_CHROOT", "KILL", "AUDIT_WRITE",
        ].reduce(0) { $0 | (bit(of: $1) ?? 0) })

    /// The set after a container's `securityContext.capabilities`, whose names may be `ALL`.
    ///
    /// As containerd has it, `ALL` is applied first and single names after it, dropped ones last.
    ///
    /// - Throws: ``SandboxError`` with code `invalid` for a name that is no capability.
    public func changed(adding added: [String], dropping dropped: [String]) throws(SandboxError) -> Self {
        var bits = self.bits
        if dropped.contains(where: Self.meansAll) { bits = 0 }
        if added.contains(where: Self.meansAll) { bits = Self.all.bits }
        for name in added where !Self.meansAll(name) { bits |= try Self.knownBit(of: name) }
        for name in dropped where !Self.meansAll(name) { bits &= ~(try Self.knownBit(of: name)) }
        return Self(bits: bits)
    }

    /// The names as runtimes spell them: `CAP_CHOWN`, ….
    public var names: [String] {
        Self.order.indices.filter { bits >> UInt64($0) & 1 == 1 }.map { "CAP_" + Self.order[$0] }
    }

    private static func meansAll(_ name: String) -> Bool { name.uppercased() == "ALL" }

    private static func knownBit(of name: String) throws(SandboxError) -> UInt64 {
        if let bit = bit(of: name) { return bit }
        throw SandboxError(
            .invalid, "\"\(name)\" is no Linux capability: use the names of capabilities(7) without CAP_")
    }

    private static func bit(of name: String) -> UInt64? {
        let upper = name.uppercased()
        let short = upper.hasPrefix("CAP_") ? String(upper.dropFirst(4)) : upper
        return order.firstIndex(of: short).map { 1 << UInt64($0) }
    }

    /// By number, as linux/capability.h has them.
    private static let order = [
        "CHOWN", "DAC_OVERRIDE", "DAC_READ_SEARCH", "FOWNER", "FSETID", "KILL", "SETGID", "SETUID", "SETPCAP",
        "LINUX_IMMUTABLE", "NET_BIND_SERVICE", "NET_BROADCAST", "NET_ADMIN", "NET_RAW", "IPC_LOCK",
        "IPC_OWNER", "SYS_MODULE", "SYS_RAWIO", "SYS_CHROOT", "SYS_PTRACE", "SYS_PACCT", "SYS_ADMIN",
        "SYS_BOOT", "SYS_NICE", "SYS_RESOURCE", "SYS_TIME", "SYS_TTY_CONFIG", "MKNOD", "LEASE",
        "AUDIT_WRITE", "AUDIT_CONTROL", "SETFCAP", "MAC_OVERRIDE", "MAC_ADMIN", "SYSLOG", "WAKE_ALARM",
        "BLOCK_SUSPEND", "AUDIT_READ", "PERFMON", "BPF", "CHECKPOINT_RESTORE",
    ]
}
