/// What a pipeline file is validated against besides itself.
public struct PipelineContext: Sendable {
    /// What the file must keep to.
    public var policy = OrganizationPolicy()
    /// Whether a path exists in the tree; nil where there is no tree to look at.
    public var exists: (@Sendable (String) -> Bool)?
    /// The text of a file of the tree, such as the Dockerfile.
    public var contents: (@Sendable (String) -> String?)?

    /// Validates the file alone, under the standard limits.
    public init(policy: OrganizationPolicy = OrganizationPolicy()) { self.policy = policy }
}
