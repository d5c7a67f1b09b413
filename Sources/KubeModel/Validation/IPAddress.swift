import Manifest

/// An address of the Internet Protocol, read strictly: no zeros before a number, no IPv4 inside IPv6.
struct IPAddress: Hashable {
    /// Four bytes or sixteen.
    let bytes: [UInt8]

    var isVersion6: Bool { bytes.count == 16 }

    /// Reads an address; nil for what is none.
    init?(_ text: some StringProtocol) {
        guard let bytes = text.contains(":") ? Self.version6(text) : Self.version4(text) else { return nil }
        self.bytes = bytes
    }

    private static func version4(_ text: some StringProtocol) -> [UInt8]? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var bytes: [UInt8] = []
        for part in parts {
            guard part.count <= 3, part.count == 1 || part.first != "0",
                part.utf8.allSatisfy(NameSyntax.isDigit),
                let byte = UInt8(part)
            else { return nil }
            bytes.append(byte)
        }
        return bytes
    }

    private static func version6(_ text: some StringProtocol) -> [UInt8]? {
        var groups: [UInt16] = []
        var gap: Int?
        var rest = String(text)[...]
        if rest.hasPrefix("::") {
            gap = 0
            rest = rest.dropFirst(2)
        } else if rest.hasPrefix(":") {
            return nil
        }
        while !rest.isEmpty {
            let end = rest.firstIndex(of: ":") ?? rest.endIndex
            let part = rest[..<end]
            if part.contains(".") {
                guard end == rest.endIndex, let tail = version4(part) else { return nil }
                groups += [UInt16(tail[0]) << 8 | UInt16(tail[1]), UInt16(tail[2]) << 8 | UInt16(tail[3])]
                break
            }
            guard !part.isEmpty, part.count <= 4, let group = UInt16(part, radix: 16), part.first != "+"
            else {
                return nil
            }
            groups.append(group)
            guard end != rest.endIndex else { break }
            rest = rest[rest.index(after: end)...]
            if rest.isEmpty { return nil }
            if rest.hasPrefix(":") {
                guard gap == nil else { return nil }
                gap = groups.count
                rest = rest.dropFirst()
            }
        }
        if let gap {
            guard groups.count < 8 else { return nil }
            groups.insert(contentsOf: repeatElement(0, count: 8 - groups.count), at: gap)
        }
        guard groups.count == 8 else { return nil }
        return groups.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
    }

    /// Whether the address is an IPv4 address in an IPv6 one's clothes (`::ffff:10.0.0.1`).
    var isMapped: Bool {
        isVersion6 && bytes[..<10].allSatisfy { $0 == 0 } && bytes[10] == 0xFF && bytes[11] == 0xFF
    }

    /// Whether the address begins with the same `length` bits as `other`.
    func shares(_ length: Int, bitsWith other: IPAddress) -> Bool {
        guard bytes.count == other.bytes.count else { return false }
        for place in bytes.indices {
            let bits = min(8, max(0, length - place * 8))
            let mask = UInt8(truncatingIfNeeded: 0xFF00 >> bits)
            if bytes[place] & mask != other.bytes[place] & mask { return false }
        }
        return true
    }

    /// The one spelling of the address (RFC 5952).
    var canonical: String {
        guard isVersion6 else { return bytes.map { String($0) }.joined(separator: ".") }
        let groups = stride(from: 0, to: 16, by: 2).map { UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1]) }
        var longest = 0..<0
        var place = 0
        while place < 8 {
            let start = place
            while place < 8, groups[place] == 0 { place += 1 }
            if place - start > longest.count, place - start > 1 { longest = start..<place }
            if place == start { place += 1 }
        }
        let spelled = { (groups: ArraySlice<UInt16>) in
            groups.map { String($0, radix: 16) }.joined(separator: ":")
        }
        if longest.isEmpty { return spelled(groups[...]) }
        return spelled(groups[..<longest.lowerBound]) + "::" + spelled(groups[longest.upperBound...])
    }
}

extension IPAddress {
    /// The faults of a field with an address.
    static func faults(of field: ObjectField) -> [FieldError] {
        guard let address = IPAddress(field.text) else {
            return [
                field.invalid("must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)", absent: "")
            ]
        }
        if address.isMapped { return [field.invalid("must not be an IPv4-mapped IPv6 address")] }
        let canonical = address.canonical
        return canonical == field.text
            ? [] : [field.invalid("must be in canonical form (\(GoFormat.quoted(canonical)))")]
    }

    /// The faults of an address that means something special and can be no endpoint.
    static func specialFaults(of field: ObjectField) -> [FieldError] {
        guard let address = IPAddress(field.text) else {
            return [field.invalid("must be a valid IP address", absent: "")]
        }
        var errors: [FieldError] = []
        let bytes = address.bytes
        if bytes.allSatisfy({ $0 == 0 }) {
            errors.append(field.invalid("may not be unspecified (\(field.text))"))
        }
        let isVersion6 = address.isVersion6
        if isVersion6 ? bytes == Array(repeating: 0, count: 15) + [1] : bytes[0] == 127 {
            errors.append(field.invalid("may not be in the loopback range (127.0.0.0/8, ::1/128)"))
        }
        if isVersion6 ? bytes[0] == 0xFE && bytes[1] & 0xC0 == 0x80 : bytes[0] == 169 && bytes[1] == 254 {
            errors.append(field.invalid("may not be in the link-local range (169.254.0.0/16, fe80::/10)"))
        }
        if isVersion6
            ? bytes[0] == 0xFF && bytes[1] & 0x0F == 2 : bytes[0] == 224 && bytes[1] == 0 && bytes[2] == 0
        {
            errors.append(
                field.invalid("may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)"))
        }
        return errors
    }
}

/// A range of addresses: those that begin with the same bits.
struct IPRange {
    let address: IPAddress
    let length: Int

    /// Reads a range such as `10.0.0.0/8`; nil for what is none.
    init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let address = IPAddress(parts[0]),
            parts[1].utf8.allSatisfy(NameSyntax.isDigit),
            let length = Int(parts[1]), parts[1].count == 1 || parts[1].first != "0",
            length <= address.bytes.count * 8
        else { return nil }
        self.address = address
        self.length = length
    }

    /// Whether all of the other range lies in this one, which is larger.
    func strictlyContains(_ other: IPRange) -> Bool {
        length < other.length && address.shares(length, bitsWith: other.address)
    }

    /// The faults of a field with a range.
    static func faults(of field: ObjectField) -> [FieldError] {
        guard let range = IPRange(field.text) else {
            return [
                field.invalid(
                    "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)", absent: "")
            ]
        }
        let bits = range.address.bytes.count * 8
        let hasHostBits = (range.length..<bits).contains { bit in
            range.address.bytes[bit / 8] & (0x80 >> UInt8(bit % 8)) != 0
        }
        return hasHostBits ? [field.invalid("must not have bits set beyond the prefix length")] : []
    }
}
