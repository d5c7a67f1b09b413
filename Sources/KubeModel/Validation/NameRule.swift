/// What the name of an object of a kind must look like.
public enum NameRule: Sendable, Hashable {
    /// Lower-case letters, digits, dashes and dots, at most 253 characters: most kinds.
    case dns1123Subdomain
    /// Lower-case letters, digits and dashes, at most 63 characters: namespaces.
    case dns1123Label
    /// As a label, but starting with a letter: services.
    case dns1035Label
    /// Whatever can stand in a URL's path: roles and bindings.
    case pathSegment

    /// The faults of a name, worded as the API server words them; empty for a good one.
    ///
    /// - Parameter isPrefix: whether the server will append to the name, as it does to `generateName`, so that a
    ///   dash at the end is no fault.
    public func faults(of name: String, isPrefix: Bool = false) -> [String] {
        if case .pathSegment = self { return NameSyntax.pathSegment(name) }
        let name = isPrefix ? Self.maskingTrailingDash(name) : name
        return switch self {
        case .dns1123Subdomain: NameSyntax.dns1123Subdomain(name)
        case .dns1123Label: NameSyntax.dns1123Label(name)
        case .dns1035Label: NameSyntax.dns1035Label(name)
        case .pathSegment: []
        }
    }

    /// The two last characters replaced by one that may end a name, which is what upstream checks instead.
    private static func maskingTrailingDash(_ name: String) -> String {
        name.utf8.count > 1 && name.hasSuffix("-") ? name.dropLast(2) + "a" : name
    }
}
