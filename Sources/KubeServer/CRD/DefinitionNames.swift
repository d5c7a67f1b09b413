import KubeModel
import Manifest

/// Settles which names a custom resource gets, as two definitions of one group may want the same.
enum DefinitionNames {
    static let resource = GroupResource(group: "apiextensions.k8s.io", resource: "customresourcedefinitions")

    /// Names that are taken in one group.
    struct Claims: Sendable {
        /// Plural, singular and short names.
        var resources: Set<String> = []
        /// Kinds and list kinds.
        var kinds: Set<String> = []

        /// The names of the built-in resources of a group and those that other definitions were given.
        init(group: String, definitions: [Value], except uid: String) {
            for resource in ResourceDefinition.builtin where resource.group == group {
                resources.formUnion([resource.plural, resource.singular] + resource.shortNames)
                kinds.formUnion([resource.kind.kind, resource.listKind])
            }
            for definition in definitions
            where definition.text("spec", "group") == group && definition.metadata.uid != uid {
                let names = definition["status", "acceptedNames"] ?? .emptyObject
                resources.formUnion(
                    [names.text("plural"), names.text("singular")] + names.texts("shortNames"))
                kinds.formUnion([names.text("kind"), names.text("listKind")])
            }
            resources.remove("")
            kinds.remove("")
        }
    }

    /// The definition's status as its names and those of the other definitions make it.
    ///
    /// Names once given stay given. An established definition stays established.
    static func status(of definition: Value, among definitions: [Value], now: Timestamp) -> Value {
        let claims = Claims(
            group: definition.text("spec", "group"), definitions: definitions, except: definition.metadata.uid
        )
        let wanted = definition["spec", "names"] ?? .emptyObject
        var accepted = definition["status", "acceptedNames"] ?? .emptyObject
        var conflict: (reason: String, message: String)?
        let fields: [(key: String, reason: String, taken: Set<String>)] = [
            ("plural", "PluralConflict", claims.resources),
            ("singular", "SingularConflict", claims.resources),
            ("shortNames", "ShortNamesConflict", claims.resources), ("kind", "KindConflict", claims.kinds),
            ("listKind", "ListKindConflict", claims.kinds),
        ]
        for field in fields {
            let old = names(accepted[field.key])
            let clashes = names(wanted[field.key]).filter { !old.contains($0) && field.taken.contains($0) }
            if clashes.isEmpty {
                accepted[field.key] = wanted[field.key]
            } else {
                let texts = clashes.map { "\(GoFormat.quoted($0)) is already in use" }
                conflict = (field.reason, texts.count == 1 ? texts[0] : "[\(texts.joined(separator: ", "))]")
            }
        }
        accepted["categories"] = wanted["categories"]

        var conditions = Conditions(definition.items("status", "conditions"))
        conditions.set(
            Condition(
                type: "NamesAccepted", status: Condition.Status(conflict == nil),
                reason: conflict?.reason ?? "NoConflicts", message: conflict?.message ?? "no conflicts found"),
            now: now)
        if conflict == nil {
            conditions.set(
                Condition(
                    type: "Established", status: .isTrue, reason: "InitialNamesAccepted",
                    message: "the initial names have been accepted"), now: now)
        } else if !conditions.isTrue("Established") {
            conditions.set(
                Condition(
                    type: "Established", status: .isFalse, reason: "NotAccepted",
                    message: "not all names are accepted"), now: now)
        }
        var status = definition["status"] ?? .emptyObject
        status["conditions"] = .array(conditions.items)
        status["acceptedNames"] = accepted
        status["storedVersions"] = .array(storedVersions(of: definition).map(Value.string))
        return status
    }

    /// The definitions with the status that they have or, where nobody has looked at them yet, will get.
    ///
    /// So a resource is served from the moment its definition is stored, not a little later.
    static func settled(_ definitions: [Value]) -> [Value] {
        let isSettled = { (definition: Value) in !definition.items("status", "conditions").isEmpty }
        var settled = definitions.filter(isSettled)
        // The oldest definition comes first, so that a later one cannot take a name from it.
        let fresh = definitions.filter { !isSettled($0) }.sorted { first, second in
            let (first, second) = (first.metadata, second.metadata)
            let age = first.creationTimestamp ?? Timestamp(seconds: 0)
            let otherAge = second.creationTimestamp ?? Timestamp(seconds: 0)
            if age != otherAge { return age < otherAge }
            return (UInt64(first.resourceVersion) ?? 0) < (UInt64(second.resourceVersion) ?? 0)
        }
        for definition in fresh {
            var definition = definition
            definition["status"] = status(of: definition, among: settled, now: Timestamp(seconds: 0))
            settled.append(definition)
        }
        return settled
    }

    /// A name or a list of names, as texts.
    private static func names(_ value: Value?) -> [String] {
        value?.stringValue.map { [$0] } ?? value?.arrayValue?.compactMap(\.stringValue) ?? []
    }

    /// The versions objects may be kept in: those of the past and the present storage version.
    private static func storedVersions(of definition: Value) -> [String] {
        var versions = definition.texts("status", "storedVersions")
        let present = definition.items("spec", "versions").first { $0.flag("storage") }?.text("name")
        if let present, !versions.contains(present) { versions.append(present) }
        return versions
    }
}
