/// The name of an image: a registry, a repository in it, and a tag, a digest or both.
///
/// Reads what the `docker` command reads, with its defaults: `debian:12` is `docker.io/library/debian:12`. The grammar
/// is that of `distribution/reference`. There is no default tag: a name without a tag and a digest stays without.
public struct Reference: Sendable, Hashable, CustomStringConvertible {
    /// Host and, where given, port: `registry.example.com:5000`.
    public let domain: String
    /// The repository's path in the registry: `library/debian`.
    public let repository: String
    /// Nil where the reference has none; there is no default.
    public let tag: String?
    /// Nil where the image is named by tag alone.
    public let digest: Digest?

    /// Reads a reference as a user writes it.
    ///
    /// - Throws: ``OCIError`` with code `invalidReference` or `invalidDigest`.
    public init(parsing text: String) throws(OCIError) {
        var parser = ReferenceParser(text)
        self = try parser.parse()
    }

    /// Puts a reference together from its parts.
    ///
    /// - Throws: ``OCIError`` with code `invalidReference`.
    public init(
        domain: String, repository: String, tag: String? = nil, digest: Digest? = nil
    ) throws(OCIError) {
        let text = "\(domain)/\(repository)"
        guard ReferenceGrammar.isDomain(domain) else {
            throw OCIError(.invalidReference, "'\(domain)' is no registry's host name with an optional port")
        }
        try ReferenceGrammar.checkRepository(repository, in: text)
        if let tag { try ReferenceGrammar.checkTag(tag, in: text) }
        self.init(checkedDomain: domain, repository: repository, tag: tag, digest: digest)
    }

    init(checkedDomain domain: String, repository: String, tag: String?, digest: Digest?) {
        self.domain = domain
        self.repository = repository
        self.tag = tag
        self.digest = digest
    }

    /// Registry and repository, without tag and digest.
    public var name: String { "\(domain)/\(repository)" }

    /// The full reference, which reads back as itself.
    public var description: String {
        name + (tag.map { ":\($0)" } ?? "") + (digest.map { "@\($0)" } ?? "")
    }

    /// The same repository, by digest alone.
    public func with(_ digest: Digest) -> Reference {
        Reference(checkedDomain: domain, repository: repository, tag: nil, digest: digest)
    }

    /// The same repository, by tag alone.
    ///
    /// - Throws: ``OCIError`` with code `invalidReference`.
    public func with(tag: String) throws(OCIError) -> Reference {
        try ReferenceGrammar.checkTag(tag, in: name)
        return Reference(checkedDomain: domain, repository: repository, tag: tag, digest: nil)
    }

    /// The reference with the tag `latest` where it has neither tag nor digest, as readers of images assume.
    public var withDefaultTag: Reference {
        guard tag == nil, digest == nil else { return self }
        return Reference(checkedDomain: domain, repository: repository, tag: "latest", digest: nil)
    }

    /// What a registry's manifest path ends in: the digest where there is one, otherwise the tag.
    public var identifier: String? { digest.map(\.description) ?? tag }
}
