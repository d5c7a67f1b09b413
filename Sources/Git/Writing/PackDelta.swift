/// What makes one text of another: how packs store versions of a file (gitformat-pack, "Deltified representation").
enum PackDelta {
    /// The largest part that one instruction copies.
    private static let copyLimit = 0xff_ffff
    private static let insertLimit = 127

    /// Copies what both have at their beginnings and ends, and inserts what is between.
    static func delta(from base: [UInt8], to target: [UInt8]) -> [UInt8] {
        let shorter = min(base.count, target.count)
        var prefix = 0
        while prefix < shorter, base[prefix] == target[prefix] { prefix += 1 }
        var suffix = 0
        while suffix < shorter - prefix, base[base.count - 1 - suffix] == target[target.count - 1 - suffix] {
            suffix += 1
        }
        var bytes = size(base.count) + size(target.count)
        copy(0..<prefix, into: &bytes)
        var place = prefix
        while place < target.count - suffix {
            let count = min(insertLimit, target.count - suffix - place)
            bytes.append(UInt8(count))
            bytes += target[place..<(place + count)]
            place += count
        }
        copy((base.count - suffix)..<base.count, into: &bytes)
        return bytes
    }

    /// A number, seven bits a byte, the lowest first.
    private static func size(_ count: Int) -> [UInt8] {
        var rest = count
        var bytes: [UInt8] = []
        repeat {
            let low = UInt8(rest & 0x7f)
            rest >>= 7
            bytes.append(rest > 0 ? low | 0x80 : low)
        } while rest > 0
        return bytes
    }

    /// An instruction's first byte says which bytes of offset and size follow; those that are zero do not.
    private static func copy(_ range: Range<Int>, into bytes: inout [UInt8]) {
        var place = range.lowerBound
        while place < range.upperBound {
            let count = min(copyLimit, range.upperBound - place)
            var instruction: UInt8 = 0x80
            var operands: [UInt8] = []
            for index in 0..<4 {
                let byte = UInt8(truncatingIfNeeded: place >> (8 * index))
                if byte != 0 {
                    instruction |= 1 << UInt8(index)
                    operands.append(byte)
                }
            }
            for index in 0..<3 {
                let byte = UInt8(truncatingIfNeeded: count >> (8 * index))
                if byte != 0 {
                    instruction |= 0x10 << UInt8(index)
                    operands.append(byte)
                }
            }
            bytes.append(instruction)
            bytes += operands
            place += count
        }
    }
}
