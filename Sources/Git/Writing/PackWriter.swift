import Crypto

/// A pack of new objects, made in this process so that any number of them costs one run of git.
///
/// The objects are stored without compression: git compresses them when it takes them in.
enum PackWriter {
    /// An object, and another one of the pack that it is stored as a difference from.
    struct Entry: Sendable {
        let object: GitObject
        let base: GitObject?

        /// - Parameter base: nil to store the object whole.
        init(_ object: GitObject, base: GitObject? = nil) {
            self.object = object
            self.base = base
        }
    }

    /// The pack file (gitformat-pack, version 2).
    static func pack(_ entries: [Entry]) -> [UInt8] {
        var bytes = Array("PACK".utf8)
        bytes += bigEndian(2)
        bytes += bigEndian(UInt32(entries.count))
        for entry in entries {
            guard let base = entry.base else {
                bytes += header(type(of: entry.object.kind), entry.object.content.count)
                deflate(entry.object.content, into: &bytes)
                continue
            }
            let delta = PackDelta.delta(from: base.content, to: entry.object.content)
            bytes += header(7, delta.count)
            bytes += base.id.bytes
            deflate(delta, into: &bytes)
        }
        bytes += Insecure.SHA1.hash(data: bytes)
        return bytes
    }

    private static func type(of kind: GitObject.Kind) -> UInt8 {
        switch kind {
        case .commit: 1
        case .tree: 2
        case .blob: 3
        case .tag: 4
        }
    }

    private static func header(_ type: UInt8, _ count: Int) -> [UInt8] {
        var rest = count >> 4
        var bytes = [type << 4 | UInt8(count & 15)]
        while rest > 0 {
            bytes[bytes.count - 1] |= 0x80
            bytes.append(UInt8(rest & 0x7f))
            rest >>= 7
        }
        return bytes
    }

    /// A zlib stream of stored blocks (RFC 1950, RFC 1951).
    private static func deflate(_ content: [UInt8], into bytes: inout [UInt8]) {
        bytes += [0x78, 0x01]
        var place = 0
        repeat {
            let count = min(content.count - place, 0xffff)
            let isLast = place + count == content.count
            bytes.append(isLast ? 1 : 0)
            bytes += [
                UInt8(count & 0xff), UInt8(count >> 8), UInt8(~count & 0xff), UInt8((~count >> 8) & 0xff),
            ]
            bytes += content[place..<(place + count)]
            place += count
        } while place < content.count
        bytes += bigEndian(adler32(content))
    }

    private static func adler32(_ content: [UInt8]) -> UInt32 {
        var low: UInt32 = 1
        var high: UInt32 = 0
        var place = 0
        while place < content.count {
            // The sums of 5552 bytes fit into 32 bits.
            for byte in content[place..<min(place + 5552, content.count)] {
                low &+= UInt32(byte)
                high &+= low
            }
            low %= 65_521
            high %= 65_521
            place += 5552
        }
        return high << 16 | low
    }

    private static func bigEndian(_ number: UInt32) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) }
    }
}
