/// Where in an object's bytes the parts lie that the server reads or changes without parsing.
///
/// Objects are written with `kind` and `apiVersion` in front, so that a list or a request for another
/// version can replace them by copying bytes, and with `metadata.resourceVersion` in it, so that the
/// revision a write gets can be put in at the last moment.
struct ObjectLayout: Sendable, Hashable {
    /// Where the members after `kind` and `apiVersion` start.
    let bodyStart: UInt32
    /// The digits of `metadata.resourceVersion`, without the quotes.
    let revision: Range<UInt32>
    /// The value of `metadata.labels`, empty where there are none.
    let labels: Range<UInt32>

    /// Reads the layout of an object's bytes, nil where they do not have the form above.
    init?(_ bytes: [UInt8]) {
        let found = bytes.withUnsafeBufferPointer { buffer -> ObjectLayout? in
            let json = RawJSON(bytes: buffer)
            var heads = 0
            var bodyStart: Int?
            var metadata: Int?
            let isObject = json.forEachMember(ofObjectAt: 0) { key, value in
                if heads < 2 {
                    guard json.equals(key, "kind") || json.equals(key, "apiVersion") else { return false }
                    heads += 1
                    return true
                }
                if bodyStart == nil { bodyStart = key.lowerBound - 1 }
                if json.equals(key, "metadata") { metadata = value }
                return metadata == nil
            }
            guard isObject, let bodyStart, let metadata else { return nil }
            var revision: Range<Int>?
            var labels = 0..<0
            let isMetadata = json.forEachMember(ofObjectAt: metadata) { key, value in
                if json.equals(key, "resourceVersion") {
                    revision = value + 1..<json.endOfValue(at: value) - 1
                } else if json.equals(key, "labels") {
                    labels = value..<json.endOfValue(at: value)
                }
                // The writer puts this bulk last, so that nothing behind it matters.
                return !json.equals(key, "managedFields")
            }
            guard isMetadata, let revision else { return nil }
            return ObjectLayout(bodyStart: bodyStart, revision: revision, labels: labels)
        }
        guard let found else { return nil }
        self = found
    }

    private init(bodyStart: Int, revision: Range<Int>, labels: Range<Int>) {
        self.bodyStart = UInt32(bodyStart)
        self.revision = UInt32(revision.lowerBound)..<UInt32(revision.upperBound)
        self.labels = UInt32(labels.lowerBound)..<UInt32(labels.upperBound)
    }

    /// The layout after the digits of the revision became `count` digits.
    func withRevisionLength(_ count: Int) -> ObjectLayout {
        let shift = count - revision.count
        let moved = { (place: UInt32) in place > revision.lowerBound ? Int(place) + shift : Int(place) }
        return ObjectLayout(
            bodyStart: moved(bodyStart),
            revision: Int(revision.lowerBound)..<Int(revision.lowerBound) + count,
            labels: moved(labels.lowerBound)..<moved(labels.upperBound))
    }
}
