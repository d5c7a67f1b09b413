/// What is asked before a sync changes the cluster, besides the project.
public struct SyncGuards: Sendable {
    /// Why images may not run, each a sentence; none where they may. For signature policies.
    ///
    /// - Parameters: the images that the sync would run, and the namespace it deploys to.
    public var imageFaults: @Sendable (_ images: [String], _ namespace: String) async throws -> [String]

    /// Guards; by default every image may run.
    public init(
        imageFaults: @escaping @Sendable (_ images: [String], _ namespace: String) async throws -> [String] =
            {
                _, _ in []
            }
    ) {
        self.imageFaults = imageFaults
    }
}
