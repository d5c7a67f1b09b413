import KubeModel
import Manifest

/// Renders a directory of plain manifests: its `.yaml`, `.yml` and `.json` files in the order of their paths.
///
/// The rules are Argo CD's: only the directory itself unless `recurse` is set, then `exclude` and `include` as globs
/// over the path below the directory; a file that holds `+argocd:skip-file-rendering` is passed over.
struct DirectorySource {
    private let recurses: Bool
    private let include: Glob?
    private let exclude: Glob?
    private static let skipMark = "+argocd:skip-file-rendering"
    private static let depthLimit = 32

    /// Reads `spec.source.directory`.
    init(_ settings: Value?) {
        func glob(_ field: String) -> Glob? {
            let pattern = settings?[field]?.stringValue ?? ""
            return pattern.isEmpty ? nil : Glob(pattern)
        }
        recurses = settings?["recurse"]?.boolValue ?? false
        include = glob("include")
        exclude = glob("exclude")
    }

    /// The objects of the directory.
    ///
    /// - Throws: ``GitOpsError``.
    func render(_ tree: any FileTree, path: String) throws -> [Value] {
        var objects: [Value] = []
        for file in try files(of: tree, in: path, root: path, depth: 0) {
            if file.hasSuffix(".jsonnet") {
                throw GitOpsError(
                    .unsupported, "/\(file): Jsonnet is not supported; commit the rendered manifests")
            }
            let bytes = try tree.readFollowingLinks(file)
            if String(decoding: bytes, as: UTF8.self).contains(Self.skipMark) { continue }
            objects += try ManifestReader.objects(in: bytes, file: file)
        }
        return objects
    }

    private func files(
        of tree: any FileTree, in directory: String, root: String, depth: Int
    ) throws -> [String] {
        guard depth < Self.depthLimit else {
            throw GitOpsError(.renderFailed, "/\(directory) is nested more than \(Self.depthLimit) deep")
        }
        var files: [String] = []
        for name in try tree.list(directory) where name != ".git" {
            let path = TreePath.appending(name, to: directory)
            var kind = try tree.kind(of: path)
            if case .symbolicLink = kind { kind = try tree.resolve(path).flatMap { try tree.kind(of: $0) } }
            if kind == .directory, recurses {
                files += try self.files(of: tree, in: path, root: root, depth: depth + 1)
            } else if kind == .file, isWanted(path, root: root) {
                files.append(path)
            }
        }
        return files
    }

    private func isWanted(_ path: String, root: String) -> Bool {
        let extensions = [".yaml", ".yml", ".json", ".jsonnet"]
        guard extensions.contains(where: { path.hasSuffix($0) }) else { return false }
        let relative = root.isEmpty ? path : String(path.dropFirst(root.count + 1))
        if exclude?.matches(relative) == true { return false }
        return include?.matches(relative) ?? true
    }
}
