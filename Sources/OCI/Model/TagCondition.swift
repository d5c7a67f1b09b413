/// What a tag must name for it to be changed, so that nothing written in between is lost.
///
/// Distribution specification 1.1 asks registries for no conditions; those of HTTP (RFC 9110, section 13) are understood
/// by the embedded registry and harmless to others.
public enum TagCondition: Sendable, Hashable {
    /// There is no such tag.
    case isAbsent
    /// The tag names this manifest.
    case names(Digest)

    /// Reads the conditions of a request; nil where it has none that this registry knows.
    init?(ifMatch: String?, ifNoneMatch: String?) {
        if ifNoneMatch == "*" {
            self = .isAbsent
            return
        }
        guard let ifMatch, let digest = try? Digest(parsing: ifMatch.replacing("\"", with: "")) else {
            return nil
        }
        self = .names(digest)
    }

    /// The header of a request.
    var header: (name: String, value: String) {
        switch self {
        case .isAbsent: ("if-none-match", "*")
        case .names(let digest): ("if-match", "\"\(digest)\"")
        }
    }

    func holds(for present: Digest?) -> Bool {
        switch self {
        case .isAbsent: present == nil
        case .names(let digest): present == digest
        }
    }
}
