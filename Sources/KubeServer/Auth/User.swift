/// Who makes a request, as authentication found out and authorisation judges.
public struct User: Sendable, Hashable {
    public let name: String
    /// What stays the same when the name is given to someone else; may be empty.
    public let uid: String
    public let groups: [String]
    /// What else the credential says, by key.
    public let extra: [String: [String]]

    public init(name: String, uid: String = "", groups: [String] = [], extra: [String: [String]] = [:]) {
        self.name = name
        self.uid = uid
        self.groups = groups
        self.extra = extra
    }

    /// A caller without credentials.
    public static let anonymous = User(name: "system:anonymous", groups: ["system:unauthenticated"])

    /// The server itself, which may do everything.
    public static let server = User(
        name: "system:apiserver", groups: [User.mastersGroup, User.authenticatedGroup])

    /// The group whose members may do everything, whatever the roles say.
    public static let mastersGroup = "system:masters"
    /// The group of everyone who has shown a valid credential.
    public static let authenticatedGroup = "system:authenticated"
}
