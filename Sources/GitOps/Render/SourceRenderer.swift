public import KubeModel
public import Manifest

/// Turns an application's source into objects. Pure: the same files and settings give the same objects.
public struct SourceRenderer: Sendable {
    /// Builds a kustomization.
    ///
    /// - Parameters: the files, the directory of the kustomization, and `spec.source.kustomize` or nil.
    public typealias Kustomizer = @Sendable (any FileTree, String, Value?) throws -> [Value]

    private let kustomizer: Kustomizer

    /// A renderer.
    public init(kustomizer: @escaping Kustomizer = SourceRenderer.kustomize) {
        self.kustomizer = kustomizer
    }

    private static let kustomizationNames = ["kustomization.yaml", "kustomization.yml", "Kustomization"]

    /// The objects of a source, in the order in which it gives them.
    ///
    /// What kind of source it is shows in its files, as in Argo CD: a kustomization where there is one or overrides
    /// for one are given, else a directory of manifests. A chart is refused.
    ///
    /// - Throws: ``GitOpsError`` with code `unreadableSource`, `invalidManifest`, `renderFailed` or `unsupported`.
    public func render(_ source: ApplicationSource, from tree: any FileTree) throws -> [RenderedObject] {
        let path = source.path
        let values: [Value]
        do {
            guard let directory = try tree.resolve(path), try tree.kind(of: directory) == .directory else {
                throw GitOpsError(
                    .unreadableSource, "there is no directory /\(path) in the repository; check path")
            }
            values = try objects(of: source, in: directory, tree)
        } catch let error as FileTreeError {
            throw GitOpsError(.unreadableSource, "/\(path) cannot be rendered", cause: error)
        } catch let error as GitOpsError {
            throw error
        } catch {
            throw GitOpsError(.renderFailed, "/\(path) cannot be rendered", cause: error)
        }
        return try Self.withoutDuplicates(
            values.flatMap(ManifestReader.flattened).map { value in
                try RenderedObject(value)
            })
    }

    private func objects(
        of source: ApplicationSource, in directory: String, _ tree: any FileTree
    ) throws -> [Value] {
        let isKustomization =
            try source.kustomize != nil
            || Self.kustomizationNames.contains { name in
                try tree.kind(of: TreePath.appending(name, to: directory)) != nil
            }
        if isKustomization, source.directory == nil {
            return try kustomizer(tree, directory, source.kustomize)
        }
        if source.directory == nil,
            try tree.kind(of: TreePath.appending("Chart.yaml", to: directory)) != nil
        {
            throw GitOpsError(
                .unsupported,
                "/\(directory) is a Helm chart, which is not supported yet; commit what it renders")
        }
        return try DirectorySource(source.directory).render(tree, path: directory)
    }

    /// Of several objects with one key the last one counts, as in Argo CD, which warns of it.
    private static func withoutDuplicates(_ objects: [RenderedObject]) -> [RenderedObject] {
        var places: [ResourceKey: Int] = [:]
        var result: [RenderedObject] = []
        for object in objects {
            // Objects whose names are generated never meet.
            let isGenerated = object.annotations.isHook && object.value.metadata.name.isEmpty
            if !isGenerated, let place = places[object.key] {
                result[place] = object
            } else {
                places[object.key] = result.count
                result.append(object)
            }
        }
        return result
    }
}
