/// What a registry lets its clients do.
public struct RegistryPolicy: Sendable, Hashable {
    /// What image tags must look like. The tags of signatures and referrers are always allowed.
    public var tags: TagRule
    /// Whether a tag that exists refuses every other digest, for ever.
    ///
    /// The tags of signatures and referrers move nevertheless, since clients rewrite them.
    public var hasImmutableTags: Bool
    /// Whether manifests, tags and blobs may be deleted. A deleted immutable tag stays reserved for its digest.
    public var allowsDeletion: Bool
    /// Blobs of more bytes are refused.
    public var largestBlob: Int64

    /// Tags are commits and never move unless it is said otherwise.
    public init(
        tags: TagRule = .commit, hasImmutableTags: Bool = true, allowsDeletion: Bool = true,
        largestBlob: Int64 = 64 << 30
    ) {
        self.tags = tags
        self.hasImmutableTags = hasImmutableTags
        self.allowsDeletion = allowsDeletion
        self.largestBlob = largestBlob
    }

    func isImmutable(_ tag: String) -> Bool { hasImmutableTags && !TagRule.isReferrerTag(tag) }
}
