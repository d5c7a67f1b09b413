/// A number for some texts that is the same in every process, for years (FNV-1a, 64 bits).
struct StableHash: Sendable {
    private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325

    init(_ texts: String...) {
        // A zero between, so that texts cannot run into one another.
        for byte in texts.joined(separator: "\0").utf8 {
            value = (value ^ UInt64(byte)) &* 0x0000_0100_0000_01b3
        }
    }
}
