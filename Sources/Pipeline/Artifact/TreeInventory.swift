import Foundation
public import Inventory

/// The packages that the lock files of a directory tree list.
public struct TreeInventory: Sendable {
    /// What the databases list, in their order.
    public private(set) var components: [Component] = []
    /// Lock files that could not be read.
    public private(set) var faults: [String] = []

    /// Directories with copies of other people's trees, or with what a build makes.
    private static let skipped: Set<String> = [".git", ".build", "node_modules", ".venv", "vendor", "target"]
    /// Trees beyond this many entries are no source trees; images stay below.
    private static let maximumEntries = 2_000_000

    /// Walks a tree. Symbolic links are not followed: they could lead anywhere. Blocks.
    ///
    /// - Throws: ``PipelineError`` `fileFailed` for a tree that is no source tree; what the file system reports.
    public init(root: String) throws {
        let base = URL(filePath: root, directoryHint: .isDirectory)
        var distribution: Distribution?
        for path in ["etc/os-release", "usr/lib/os-release"] {
            guard let text = try? Data(contentsOf: base.appending(path: path)), text.count < 1 << 16 else {
                continue
            }
            distribution = Distribution(osRelease: text)
            if distribution != nil { break }
        }
        var pending = [""]
        var count = 0
        while let folder = pending.popLast() {
            for name in try FileManager.default.contentsOfDirectory(atPath: root + "/" + folder).sorted()
                .reversed()
            {
                count += 1
                guard count <= Self.maximumEntries else {
                    throw PipelineError(.fileFailed, "\(root) has more than \(Self.maximumEntries) files")
                }
                let path = folder.isEmpty ? name : folder + "/" + name
                let attributes = try? FileManager.default.attributesOfItem(atPath: root + "/" + path)
                switch attributes?[.type] as? FileAttributeType {
                case .typeDirectory?: if !Self.skipped.contains(name) { pending.append(path) }
                case .typeRegular?:
                    if let kind = Lockfile(path: path) { read(kind, path, base, distribution) }
                default: continue
                }
            }
        }
    }

    private mutating func read(_ kind: Lockfile, _ path: String, _ base: URL, _ distribution: Distribution?) {
        do {
            let bytes = [UInt8](try Data(contentsOf: base.appending(path: path)))
            components += try kind.components(of: bytes, location: path, distribution: distribution)
        } catch {
            faults.append("\(path) cannot be read: \(error)")
        }
    }
}
