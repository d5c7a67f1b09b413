public import Manifest

/// The release of each service that was built last.
public struct NewestReleases: Sendable {
    private var newest: [String: Value] = [:]

    /// - Parameter releases: `Release` objects of a namespace, in any order.
    public init(of releases: [Value]) {
        for object in releases {
            let service = Self.service(of: object)
            if let known = newest[service], Self.age(known) >= Self.age(object) { continue }
            newest[service] = object
        }
    }

    /// Nil where the service has none.
    public subscript(service: String) -> Value? { newest[service] }

    /// Whether nothing newer has been built of the release's service.
    public func contains(_ release: Value) -> Bool {
        newest[Self.service(of: release)]?.metadata.name == release.metadata.name
    }

    /// The service within the repository, or the repository's name where it has but one.
    private static func service(of release: Value) -> String {
        release["spec", "service"]?.stringValue ?? release["spec", "repository"]?.stringValue ?? ""
    }

    private static func age(_ release: Value) -> (String, String) {
        let built = release["spec", "builtAt"] ?? release["metadata", "creationTimestamp"]
        return (built?.stringValue ?? "", release.metadata.name)
    }
}
