import Glibc

/// What the name server does with a question.
enum NameAnswer: Sendable, Hashable {
    case records([DNSRecord])
    case noName
    /// The name stands for another, which somebody else knows.
    case alias(String)
    /// The name is none of ours.
    case forward

    init(_ query: DNSQuery, _ names: ServiceNames) {
        guard ServiceNames.isOurs(query.name) else {
            self = .forward
            return
        }
        if let targets = names.targets[query.name] {
            let wanted = query.kind == DNSQuery.Kind.srv || query.kind == DNSQuery.Kind.any
            self = .records(
                wanted
                    ? targets.map {
                        .service(name: query.name, port: UInt16(clamping: $0.port), target: $0.name)
                    } : [])
            return
        }
        switch names.entries[query.name] {
        case .addresses(let addresses):
            self = .records(
                addresses.compactMap(Self.bytes).filter { bytes in
                    switch query.kind {
                    case DNSQuery.Kind.a: bytes.count == 4
                    case DNSQuery.Kind.aaaa: bytes.count == 16
                    case DNSQuery.Kind.any: true
                    default: false
                    }
                }.map { .address(name: query.name, $0) })
        case .alias(let target):
            self = .alias(target)
        case nil:
            // A name with names below it exists, though it stands for nothing.
            let isParent = names.entries.keys.contains { $0.hasSuffix(".\(query.name)") }
            self = isParent ? .records([]) : .noName
        }
    }

    private static func bytes(of address: String) -> [UInt8]? {
        if let address = IPv4Address(address) {
            return [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: address.bits >> UInt32($0)) }
        }
        var bytes = [UInt8](repeating: 0, count: 16)
        return inet_pton(AF_INET6, address, &bytes) == 1 ? bytes : nil
    }
}
