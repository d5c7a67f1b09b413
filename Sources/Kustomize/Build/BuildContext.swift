/// What all kustomizations of one build share.
final class BuildContext {
    let scopes = KindScopes()
    /// What upstream prints about deprecated fields, in order.
    private(set) var warnings: [String] = []
    private let onWarning: (String) -> Void

    init(onWarning: @escaping (String) -> Void = { _ in }) { self.onWarning = onWarning }

    /// Notes warnings and passes them on.
    func warn(_ texts: [String]) {
        warnings += texts
        texts.forEach(onWarning)
    }

    /// Takes over the schema that a kustomization names.
    ///
    /// - Throws: `invalidKustomization`, or what loading throws.
    func setSchema(of file: KustomizationFile, loader: Loader) throws(KustomizeError) {
        let document = try file.openAPIPath.map { (path) throws(KustomizeError) in try loader.load(path) }
        try scopes.setSchema(version: file.openAPIVersion, document: document)
    }
}
