import KubeClient
public import KubeModel
public import Manifest

/// The mark by which an object says to which application it belongs, as Argo CD writes it:
/// `<application>:<group>/<kind>:<namespace>/<name>`.
///
/// The mark names the object itself as well, so that a copy of an object with its annotations, as some operators
/// make them, does not count as the application's.
public struct TrackingID: Sendable, Hashable {
    /// The annotation that holds the mark.
    public static let annotation = "argocd.argoproj.io/tracking-id"
    /// The annotation that tells several installations in one cluster apart.
    public static let installationAnnotation = "argocd.argoproj.io/installation-id"

    /// The application's name, with `<namespace>_` before it where it lives outside the controller's namespace.
    public var application: String
    /// The object that the mark was made for.
    public var key: ResourceKey

    /// The mark of an object of an application.
    public init(application: String, key: ResourceKey) {
        self.application = application
        self.key = key
    }

    /// Reads a mark; nil where the text is none.
    public init?(_ text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        // Names of RBAC objects hold colons: only the first two separate.
        guard parts.count >= 3, !parts[0].isEmpty else { return nil }
        let kind = parts[1].split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        let object = parts[2...].joined(separator: ":")
            .split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard kind.count == 2, object.count == 2, !kind[1].isEmpty, !object[1].isEmpty else { return nil }
        application = String(parts[0])
        key = ResourceKey(
            group: String(kind[0]), kind: String(kind[1]), namespace: String(object[0]),
            name: String(object[1]))
    }

    /// The mark that an object bears; nil where it bears none, or one that is made for another object.
    public init?(of object: Value) {
        guard let text = object.metadata.annotations[Self.annotation], let mark = TrackingID(text),
            mark.names(ResourceKey(object))
        else { return nil }
        self = mark
    }

    /// Whether the mark is made for an object.
    ///
    /// Cluster-wide objects are marked with the namespace of the application's destination by Argo CD, so that a
    /// key without a namespace fits a mark with any.
    public func names(_ key: ResourceKey) -> Bool {
        self.key.group == key.group && self.key.kind == key.kind && self.key.name == key.name
            && (self.key.namespace == key.namespace || key.namespace.isEmpty)
    }

    /// The name by which marks call an application.
    public static func name(of application: Application, controlNamespace: String) -> String {
        name(of: ObjectKey(application.object), controlNamespace: controlNamespace)
    }

    /// The same, of an application's key.
    static func name(of key: ObjectKey, controlNamespace: String) -> String {
        key.namespace == controlNamespace ? key.name : "\(key.namespace)_\(key.name)"
    }

    /// The application that a mark's name calls, the inverse of ``name(of:controlNamespace:)``.
    public static func applicationName(
        _ name: String, controlNamespace: String
    ) -> (namespace: String, name: String) {
        // Names of objects have no underscore.
        guard let separator = name.firstIndex(of: "_") else { return (controlNamespace, name) }
        return (String(name[..<separator]), String(name[name.index(after: separator)...]))
    }
}

extension TrackingID: CustomStringConvertible {
    /// The mark as the annotation holds it.
    public var description: String {
        "\(application):\(key.group)/\(key.kind):\(key.namespace)/\(key.name)"
    }
}
