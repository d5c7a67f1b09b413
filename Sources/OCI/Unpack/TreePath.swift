/// A path below a root directory, as the names a system call takes one by one.
struct TreePath: Hashable {
    /// Names without a slash, each ended by a zero.
    var components: [[CChar]]

    init(components: [[CChar]] = []) { self.components = components }

    /// Splits a path of an archive. A leading slash means the root directory, as it does to every unpacker.
    ///
    /// - Throws: ``OCIError`` with code `unsafeLayer` for a path that steps upward.
    init(_ bytes: [UInt8], in what: String) throws(OCIError) {
        components = []
        for part in bytes.split(separator: UInt8(ascii: "/")) {
            if part.elementsEqual(".".utf8) { continue }
            guard !part.elementsEqual("..".utf8) else {
                throw OCIError(
                    .unsafeLayer,
                    "\(what) '\(String(decoding: bytes, as: UTF8.self))' in the layer leads upward; the layer "
                        + "tries to reach outside its root")
            }
            guard !part.contains(0) else {
                throw OCIError(.unsafeLayer, "\(what) in the layer holds a zero byte")
            }
            components.append(part.map { CChar(bitPattern: $0) } + [0])
        }
    }

    var isRoot: Bool { components.isEmpty }

    /// The directory above; the root's is the root.
    var parent: TreePath { TreePath(components: Array(components.dropLast())) }

    func appending(_ name: [CChar]) -> TreePath { TreePath(components: components + [name]) }

    /// The path for messages and comparisons, with a leading slash.
    var text: String {
        "/" + components.map { Self.text($0) }.joined(separator: "/")
    }

    static func text(_ name: [CChar]) -> String {
        String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
