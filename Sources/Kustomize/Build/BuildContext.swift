/// What all kustomizations of one build share.
final class BuildContext {
    let scopes = KindScopes()
    /// What upstream prints about deprecated fields, in order.
    var warnings: [String] = []

    /// Takes over the schema that a kustomization names.
    ///
    /// - Throws: `invalidKustomization`, or what loading throws.
    func setSchema(of file: KustomizationFile, loader: Loader) throws(KustomizeError) {
        let document = try file.openAPIPath.map { (path) throws(KustomizeError) in try loader.load(path) }
        try scopes.setSchema(version: file.openAPIVersion, document: document)
    }
}
