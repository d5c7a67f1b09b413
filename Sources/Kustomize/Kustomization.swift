import KubeModel
public import Manifest

/// Builds kustomizations: an overlay directory becomes the manifests that `kustomize build` prints.
///
/// Nothing but the tree is read, no program runs, and the same tree gives the same result. Output equals that of
/// kustomize 5.8 (api 0.21.1).
///
/// ```swift
/// let tree = RecordingFileTree(checkout)
/// let manifests = try Kustomization.build(tree: tree, path: "overlays/prod")
/// ```
public enum Kustomization {
    /// How a kustomization is built.
    public struct Options: Sendable {
        /// The order of the output.
        public enum Order: Sendable, Hashable {
            /// Namespaces first, webhooks last, the rest by kind and name; what upstream does.
            case legacy
            /// As the files list them.
            case none
        }

        /// The order of the output where the kustomization does not say (`sortOptions`).
        public var order: Order
        /// Whether files outside a kustomization's directory may be read.
        public var allowsFilesOutsideRoot: Bool
        /// Whether every object gets the label that kustomize built it.
        public var addsManagedByLabel: Bool
        /// What is changed beside what the kustomization says.
        public var overrides: KustomizationOverrides

        /// The settings of a build; by default those of `kustomize build`.
        public init(
            order: Order = .legacy, allowsFilesOutsideRoot: Bool = false, addsManagedByLabel: Bool = false,
            overrides: KustomizationOverrides = KustomizationOverrides()
        ) {
            self.order = order
            self.allowsFilesOutsideRoot = allowsFilesOutsideRoot
            self.addsManagedByLabel = addsManagedByLabel
            self.overrides = overrides
        }
    }

    /// What a build makes.
    public struct Result: Sendable {
        /// The objects in the order of the output.
        public let manifests: [Value]
        /// What upstream prints about fields that are deprecated, a line each.
        public let warnings: [String]

        /// The objects as `kustomize build` prints them.
        public var yaml: [UInt8] {
            YAML.write(
                documents: manifests, options: YAML.WriteOptions(keyOrder: .sorted, fidelity: .exact))
        }
    }

    /// The objects that the kustomization at a path makes, in the order of the output.
    ///
    /// - Parameters:
    ///   - tree: where files are read from; give a `RecordingFileTree` to learn which ones were.
    ///   - path: the directory, seen from the root of the tree.
    /// - Throws: `KustomizeError`, worded as upstream words it.
    public static func build(
        tree: any FileTree, path: String, options: Options = Options()
    ) throws(KustomizeError) -> [Value] {
        try run(tree: tree, path: path, options: options).manifests
    }

    /// As ``build(tree:path:options:)``, with the warnings.
    ///
    /// - Parameter onWarning: is told each warning when it is met, also where the build fails later.
    /// - Throws: `KustomizeError`, worded as upstream words it.
    public static func run(
        tree: any FileTree, path: String, options: Options = Options(),
        onWarning: @escaping (String) -> Void = { _ in }
    ) throws(KustomizeError) -> Result {
        let context = BuildContext(onWarning: onWarning)
        let loader = try Loader(
            tree: tree, path: path, restriction: options.allowsFilesOutsideRoot ? .none : .rootOnly)
        var (file, name) = try Target.file(in: loader, context: context)
        try options.overrides.apply(to: &file)
        try context.setSchema(of: file, loader: loader)
        let target = Target(
            file: file, fileName: name, loader: loader, context: context,
            origin: file.buildMetadata.isEmpty ? nil : Origin())
        let accumulator = Accumulator()
        try target.accumulate(into: accumulator)
        let resources = accumulator.resources
        try HashTransformer().transform(resources)
        try NameReferenceTransformer(accumulator.configuration.nameReference).transform(resources)
        if !accumulator.vars.isEmpty { try VarTransformer(accumulator).transform(resources) }
        try Output(file: file, options: options).prepare(resources)
        var manifests: [Value] = []
        manifests.reserveCapacity(resources.resources.count)
        for resource in resources.resources { manifests.append(try resource.node.value()) }
        return Result(manifests: manifests, warnings: context.warnings)
    }

    /// The namespace in which an object of a built-in kind stands, `default` where it does not say; nil for kinds that
    /// have none.
    public static func namespace(of manifest: Value) -> String? {
        guard let gvk = GroupVersionKind(manifest), !KindScopes().isClusterScoped(gvk) else { return nil }
        let namespace = manifest["metadata"]?["namespace"]?.stringValue ?? ""
        return namespace.isEmpty ? "default" : namespace
    }
}
