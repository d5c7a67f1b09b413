import CSandbox
import Kustomize
import Manifest

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Where the manifests of a kustomization are written: one file, or a directory with a file an object.
struct KustomizeOutput {
    let path: String

    /// - Throws: `CommandFailure` where a file cannot be written.
    func write(_ result: Kustomization.Result) throws {
        guard isDirectory else { return try write(result.yaml, to: path) }
        let namespaces = Set(result.manifests.compactMap(Self.namespace))
        for manifest in result.manifests {
            var name = Self.fileName(of: manifest)
            if namespaces.count > 1, let namespace = Self.namespace(of: manifest) {
                name = "\(namespace.lowercased())_\(name)"
            }
            let bytes = YAML.write(manifest, options: YAML.WriteOptions(keyOrder: .sorted, fidelity: .exact))
            try write(bytes, to: "\(path)/\(name)")
        }
    }

    private var isDirectory: Bool {
        var status = csandbox_file_status()
        return csandbox_status_of_path(path, true, &status) == 0 && status.mode & S_IFMT == S_IFDIR
    }

    /// The namespace of an object; nil where its kind has none.
    private static func namespace(of manifest: Value) -> String? {
        Kustomization.namespace(of: manifest)
    }

    private static func fileName(of manifest: Value) -> String {
        let apiVersion = manifest["apiVersion"]?.stringValue ?? ""
        let parts = apiVersion.split(separator: "/", maxSplits: 1).map(String.init)
        let kind = manifest["kind"]?.stringValue ?? ""
        let name = manifest["metadata"]?["name"]?.stringValue ?? ""
        return "\((parts + [kind]).filter { !$0.isEmpty }.joined(separator: "_"))_\(name)".lowercased()
            + ".yaml"
    }

    private func write(_ bytes: [UInt8], to path: String) throws(CommandFailure) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else {
            throw CommandFailure(
                .refused, "\(path) cannot be written: \(StandardStreams.systemMessage())")
        }
        defer { close(descriptor) }
        try StandardStreams.writeAll(bytes, to: descriptor, name: path)
    }
}
