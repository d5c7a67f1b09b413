/// The names of smoke tests' Jobs: of services that share a namespace no two are called the same.
enum SmokeTestName {
    /// As long as the label of a Job's pods may be.
    private static let limit = 63

    /// The test of a promotion.
    static func of(_ service: String, sequence: Int) -> String { bounded("smoke-\(service)-\(sequence)") }

    /// The test of a value that no promotion brought, by the commit that did, or else by the value's end.
    static func of(_ service: String, environment: String, origin: String) -> String {
        bounded("smoke-\(service)-\(environment)-\(origin.prefix(10))")
    }

    /// A name that is too long is cut, and told from others by a checksum (FNV-1a) of all of it.
    private static func bounded(_ name: String) -> String {
        guard name.utf8.count > limit else { return name }
        let sum = name.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        let hexadecimal = String(sum, radix: 16)
        return
            "\(name.prefix(limit - 17))-\(String(repeating: "0", count: 16 - hexadecimal.count))\(hexadecimal)"
    }
}
