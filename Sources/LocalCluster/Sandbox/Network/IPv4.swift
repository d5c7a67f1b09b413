/// An IPv4 address.
public struct IPv4Address: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// The address as one number, most significant byte first.
    public let bits: UInt32

    /// The address of these 32 bits.
    public init(bits: UInt32) { self.bits = bits }

    /// Reads `10.0.0.1`, nil for anything else.
    public init?(_ text: some StringProtocol) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
        guard parts.count == 4 else { return nil }
        var bits: UInt32 = 0
        for part in parts {
            guard let part else { return nil }
            bits = bits << 8 | UInt32(part)
        }
        self.bits = bits
    }

    /// The address as `10.0.0.1`.
    public var description: String {
        [24, 16, 8, 0].map { "\(bits >> UInt32($0) & 0xff)" }.joined(separator: ".")
    }

    /// A hardware address of its own for every address, so that no neighbour's table is ever out of date.
    var hardwareAddress: String {
        let bytes = [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: bits >> UInt32($0)) }
        // 02: administered locally, to one receiver.
        return ([0x02, 0x42] + bytes)
            .map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: ":")
    }

    /// By their numbers.
    public static func < (left: IPv4Address, right: IPv4Address) -> Bool { left.bits < right.bits }
}

/// A range of IPv4 addresses that share their first bits.
public struct IPv4Subnet: Sendable, Hashable, CustomStringConvertible {
    /// The first address, which is no pod's.
    public let base: IPv4Address
    /// How many bits all addresses share.
    public let prefixLength: Int

    init(base: IPv4Address, prefixLength: Int) {
        self.base = base
        self.prefixLength = prefixLength
    }

    /// Reads `10.244.0.0/16`, nil for anything else and for ranges without room for two pods.
    public init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let address = IPv4Address(parts[0]), let length = Int(parts[1]),
            (1...29).contains(length)
        else { return nil }
        prefixLength = length
        base = IPv4Address(bits: address.bits & ~(UInt32.max >> UInt32(length)))
    }

    /// The address that is the machine's own on the bridge: the first.
    var gateway: IPv4Address { IPv4Address(bits: base.bits + 1) }

    /// The addresses for pods: all but the network's, the machine's and the broadcast's.
    var podAddresses: ClosedRange<UInt32> {
        base.bits + 2...base.bits + (UInt32.max >> UInt32(prefixLength)) - 1
    }

    func overlaps(_ network: UInt32, mask: UInt32) -> Bool {
        let common = mask & ~(UInt32.max >> UInt32(prefixLength))
        return network & common == base.bits & common
    }

    /// The range as `10.244.0.0/16`.
    public var description: String { "\(base)/\(prefixLength)" }
}
