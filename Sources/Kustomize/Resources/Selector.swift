import KubeModel

/// Which resources a patch or a replacement is for.
struct Selector: Hashable {
    var group = ""
    var version = ""
    var kind = ""
    var name = ""
    var namespace = ""
    var annotationSelector = ""
    var labelSelector = ""

    /// Whether the selector names no kind, name or namespace.
    var hasNoID: Bool {
        group.isEmpty && version.isEmpty && kind.isEmpty && name.isEmpty && namespace.isEmpty
    }
}

extension Selector: CustomStringConvertible {
    var description: String {
        let id = ResourceID(
            gvk: GroupVersionKind(group: group, version: version, kind: kind), name: name,
            namespace: namespace)
        return "\(id):a=\(annotationSelector):l=\(labelSelector)"
    }
}

/// A selector ready for use: its parts are regular expressions that have to match whole.
struct SelectorMatcher {
    /// One part; an empty one matches everything.
    private enum Part {
        case anything
        case exactly(String)
        case expression(RegularExpression)

        init(_ source: String) throws(KustomizeError) {
            if source.isEmpty {
                self = .anything
            } else if source.utf8.allSatisfy(Self.isLiteral) {
                self = .exactly(source)
            } else {
                do throws(RegularExpressionFault) {
                    self = .expression(try RegularExpression("^(?:\(source))$"))
                } catch {
                    throw KustomizeError(.invalidKustomization, error.description)
                }
            }
        }

        private static func isLiteral(_ byte: UInt8) -> Bool {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"),
                UInt8(ascii: "/"):
                true
            default: false
            }
        }

        func matches(_ text: String) -> Bool {
            switch self {
            case .anything: true
            case .exactly(let expected): text == expected
            case .expression(let expression): expression.matches(text)
            }
        }
    }

    private let group: Part
    private let version: Part
    private let kind: Part
    private let name: Part
    private let namespace: Part
    private let labels: LabelSelector
    private let annotations: LabelSelector

    /// - Throws: `invalidKustomization` for what is no regular expression or selector.
    init(_ selector: Selector) throws(KustomizeError) {
        group = try Part(selector.group)
        version = try Part(selector.version)
        kind = try Part(selector.kind)
        name = try Part(selector.name)
        namespace = try Part(selector.namespace)
        labels = try Self.labelSelector(selector.labelSelector)
        annotations = try Self.labelSelector(selector.annotationSelector)
    }

    private static func labelSelector(_ text: String) throws(KustomizeError) -> LabelSelector {
        if text.isEmpty { return .everything }
        do throws(KubeModelError) { return try LabelSelector(parsing: text) } catch {
            throw KustomizeError(.invalidKustomization, error.message)
        }
    }

    func matches(_ gvk: GroupVersionKind) -> Bool {
        kind.matches(gvk.kind) && group.matches(gvk.group) && version.matches(gvk.version)
    }

    /// Whether a resource is meant: its original or its current name and namespace count, and what it is now.
    func matches(_ resource: Resource) -> Bool {
        let (current, original) = (resource.currentID, resource.originalID)
        guard name.matches(original.name) || name.matches(current.name) else { return false }
        guard matches(current.gvk) else { return false }
        guard namespace.matches(original.effectiveNamespace) || namespace.matches(current.effectiveNamespace)
        else { return false }
        return matchesMetadata(of: resource)
    }

    /// Whether kind, name and namespace of one identity are meant.
    func matches(_ id: ResourceID) -> Bool {
        matches(id.gvk) && name.matches(id.name) && namespace.matches(id.namespace)
    }

    /// Whether labels and annotations are as asked.
    func matchesMetadata(of resource: Resource) -> Bool {
        Self.matches(labels, resource.labels) && Self.matches(annotations, resource.annotations)
    }

    private static func matches(_ selector: LabelSelector, _ map: @autoclosure () -> [String: String]) -> Bool
    {
        if selector.isEmpty { return true }
        var labels = StringMap()
        for (name, text) in map() { labels[name] = text }
        return selector.matches(labels)
    }
}

extension ResourceMap {
    /// The resources that a selector means, in order.
    ///
    /// - Throws: `invalidKustomization`.
    func select(_ selector: Selector) throws(KustomizeError) -> [Resource] {
        let matcher = try SelectorMatcher(selector)
        return resources.filter(matcher.matches)
    }
}
