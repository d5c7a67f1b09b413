/// The addresses that services are given, as a range of IPv4 addresses.
struct AddressPool: Sendable, Hashable {
    let base: UInt32
    let prefixLength: Int

    /// The range clusters use by default; the first address is the API's own.
    static let services = AddressPool(base: 10 << 24 | 96 << 16, prefixLength: 16)

    /// The number of addresses, network and broadcast among them.
    var count: UInt32 { 1 << UInt32(32 - prefixLength) }

    /// The address at a place, in dotted form.
    func address(_ place: UInt32) -> String {
        let bits = base + place
        return [24, 16, 8, 0].map { String(bits >> UInt32($0) & 255) }.joined(separator: ".")
    }

    /// Whether an address may be given: it lies in the range and is neither its first nor its last.
    func contains(_ address: String) -> Bool {
        let parts = address.split(separator: ".", omittingEmptySubsequences: false).compactMap { UInt32($0) }
        guard parts.count == 4, parts.allSatisfy({ $0 < 256 }) else { return false }
        let bits = parts.reduce(0) { $0 << 8 | $1 }
        return bits > base && bits < base + count - 1
    }

    /// The range as messages name it.
    var description: String { "\(address(0))/\(prefixLength)" }
}
