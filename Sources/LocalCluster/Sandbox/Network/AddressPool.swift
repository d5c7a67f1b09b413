/// The pods' addresses: each pod gets the next free one, so that one just given back rests for a while.
struct AddressPool: Sendable {
    private let range: ClosedRange<UInt32>
    private var used: [String: UInt32] = [:]
    private var last: UInt32

    init(_ subnet: IPv4Subnet) {
        range = subnet.podAddresses
        last = range.upperBound
    }

    /// Marks an address that a pod on disk has.
    mutating func adopt(_ address: IPv4Address, for pod: String) {
        guard range.contains(address.bits) else { return }
        used[pod] = address.bits
        last = address.bits
    }

    /// The pod's address, a new one unless it has one; nil where none is free.
    mutating func assign(to pod: String) -> IPv4Address? {
        if let address = used[pod] { return IPv4Address(bits: address) }
        guard used.count < range.count else { return nil }
        let taken = Set(used.values)
        repeat { last = last == range.upperBound ? range.lowerBound : last + 1 } while taken.contains(last)
        used[pod] = last
        return IPv4Address(bits: last)
    }

    mutating func release(_ pod: String) { used[pod] = nil }
}
