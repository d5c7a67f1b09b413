/// The content of tree objects.
enum TreeObject {
    /// Reads a tree: `<mode> <name>\0<id>` again and again.
    static func parse(_ bytes: [UInt8], idLength: Int = 20) throws(GitError) -> [TreeEntry] {
        var entries: [TreeEntry] = []
        var place = 0
        while place < bytes.count {
            guard let space = bytes[place...].firstIndex(of: 0x20),
                let end = bytes[space...].firstIndex(of: 0), end + idLength < bytes.count + 0,
                let mode = FileMode(octal: String(decoding: bytes[place..<space], as: UTF8.self)),
                let id = ObjectID(bytes: bytes[(end + 1)..<(end + 1 + idLength)])
            else { throw GitError(.malformed, "a tree object cannot be read; run git fsck") }
            entries.append(TreeEntry(nameBytes: Array(bytes[(space + 1)..<end]), mode: mode, id: id))
            place = end + 1 + idLength
        }
        return entries
    }

    /// Writes a tree, its entries in git's order.
    static func write(_ entries: [TreeEntry]) -> GitObject {
        write(sorted: entries.sorted(by: TreeEntry.isOrdered))
    }

    /// Writes a tree whose entries are in git's order already.
    static func write(sorted entries: [TreeEntry]) -> GitObject {
        var bytes: [UInt8] = []
        for entry in entries {
            bytes += Array(entry.mode.rawValue.utf8)
            bytes.append(0x20)
            bytes += entry.nameBytes
            bytes.append(0)
            bytes += entry.id.bytes
        }
        return GitObject(.tree, bytes)
    }
}
