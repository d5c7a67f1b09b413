/// One change of the resources of a build.
protocol Transformer {
    /// - Throws: what keeps the change from being made.
    func transform(_ resources: ResourceMap) throws(KustomizeError)
}

/// Something that makes resources.
protocol Generator {
    /// - Throws: what keeps the resources from being made.
    func generate() throws(KustomizeError) -> [Resource]
}
