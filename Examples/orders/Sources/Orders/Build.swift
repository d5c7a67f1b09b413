/// Which build of the service this is, as every answer tells.
public struct Build: Sendable, Equatable {
    /// What people call it; goes up with what they notice.
    public static let version = "v1"

    /// The commit that it was built from.
    public var commit: String

    public init(commit: String) { self.commit = commit }
}
