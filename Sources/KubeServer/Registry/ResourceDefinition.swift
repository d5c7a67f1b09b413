import KubeModel
import Manifest

/// One resource of one API version as this server serves it: `pods` of `v1`, `widgets` of `example.com/v1`.
///
/// Built-in resources come from a table, custom ones from their definitions; everything that answers
/// requests reads them from here and cannot tell which they are, but for ``custom``.
struct ResourceDefinition: Sendable {
    /// Where the objects of a resource are kept. Versions of one resource share one place.
    struct Storage: Sendable, Hashable {
        let resource: GroupResource
        /// The kind that stored objects of built-in resources bear.
        ///
        /// Objects of custom resources are kept in the version they were written in.
        let kind: GroupVersionKind
    }

    /// A part of an object, or a deed done to it, that has an address of its own.
    struct Subresource: Sendable {
        let name: String
        /// The kind that requests and answers carry.
        let kind: GroupVersionKind
        let verbs: Verbs
    }

    let kind: GroupVersionKind
    let plural: String
    let singular: String
    let listKind: String
    let shortNames: [String]
    let categories: [String]
    let isNamespaced: Bool
    let verbs: Verbs
    let subresources: [Subresource]
    let storage: Storage
    /// Tells clients whether two resources are kept in one place; nil where discovery shows none.
    let storageVersionHash: String?
    /// What its definition says beyond names and schema; nil for built-in resources.
    let custom: CustomVersion?

    var group: String { kind.group }
    var version: String { kind.version }
    /// Group and version as the `apiVersion` of its objects.
    var apiVersion: String { kind.apiVersion }
    /// The kind as messages about invalid objects name it.
    var groupKind: GroupKind { GroupKind(group: group, kind: kind.kind) }

    /// Whether objects can be kept at all: reviews and bindings are answered and forgotten.
    var isStored: Bool { verbs.contains(.get) && verbs.contains(.create) }

    /// The schema of whole objects; nil for the few kinds that have none.
    var schema: Schema? { custom?.schema ?? SchemaCatalog.builtin.schema(for: kind) }

    /// The subresource of that name, nil where the resource has none.
    func subresource(_ name: String) -> Subresource? { subresources.first { $0.name == name } }

    /// The resource as messages and authorisation name it.
    var groupResource: GroupResource { GroupResource(group: group, resource: plural) }
}

/// What a custom resource's definition says about one of its versions.
struct CustomVersion: Sendable {
    /// The structural schema of whole objects, with `apiVersion`, `kind` and `metadata`.
    let schema: Schema
    let hasStatus: Bool
    let scale: Scale?
    let columns: [PrinterColumn]
    /// JSON paths of the fields that field selectors may use, beside name and namespace.
    let selectableFields: [String]
    /// Fields that may not change.
    let immutableFields: [ImmutableField]
    /// A warning sent with every answer of a deprecated version.
    let deprecationWarning: String?

    /// Where the scale subresource finds its numbers, as JSON paths with a leading dot.
    struct Scale: Sendable, Hashable {
        let specReplicasPath: String
        let statusReplicasPath: String
        let labelSelectorPath: String?
    }

    /// One of `additionalPrinterColumns`.
    struct PrinterColumn: Sendable, Hashable {
        let name: String
        let type: String
        let format: String
        let description: String
        let priority: Int
        let jsonPath: String
    }
}
