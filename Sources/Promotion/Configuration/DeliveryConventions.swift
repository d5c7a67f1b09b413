public import KubeModel
import Manifest

/// What follows from a service's name where its delivery file says nothing.
public struct DeliveryConventions: Sendable {
    /// The service's name.
    public let service: String
    /// What the delivery file says.
    public let spec: DeliverySpec

    /// The conventions for a service.
    public init(service: String, _ spec: DeliverySpec) {
        self.service = service
        self.spec = spec
    }

    /// The folder of the services in the config repository.
    public static let folder = "services"
    /// The name of the file in a service's folder.
    public static let fileName = "delivery.yaml"

    /// The folder of the service.
    public var folder: String { "\(Self.folder)/\(service)" }

    /// The Repository that the releases come from.
    public var repository: String { spec.repository ?? service }

    /// Whether a release is one of the service's.
    public func owns(_ release: ReleaseSpec) -> Bool {
        guard release.repository == repository else { return false }
        // Of a repository with several services, each release names the folder of its own.
        guard let folder = release.service, !folder.isEmpty else { return true }
        return folder == service || folder.hasSuffix("/\(service)")
    }

    /// The name of the Application that deploys an environment.
    public func application(_ environment: DeliverySpec.Environment) -> String {
        environment.application ?? "\(service)-\(environment.name)"
    }

    /// The namespace of an environment's workloads.
    public func namespace(_ environment: DeliverySpec.Environment) -> String {
        environment.namespace ?? "\(service)-\(environment.name)"
    }

    /// The folder that the environment's Application deploys.
    public func overlay(_ environment: DeliverySpec.Environment) -> String {
        let file = self.file(environment)
        guard let slash = file.lastIndex(of: "/") else { return "." }
        return String(file[..<slash])
    }

    private func file(_ environment: DeliverySpec.Environment) -> String {
        "\(folder)/\(environment.path ?? "overlays/\(environment.name)/kustomization.yaml")"
    }

    /// The value that a promotion to the environment changes.
    ///
    /// - Throws: ``PromotionError`` with code `invalid` for a field that is no path.
    public func target(_ environment: DeliverySpec.Environment) throws(PromotionError) -> FieldTarget {
        let file = self.file(environment)
        if let field = environment.field {
            do throws(ManifestError) {
                return FieldTarget(file: file, place: .path(try YAMLPath(field)))
            } catch {
                throw PromotionError(.invalid, "field of \(environment.name): \(error.message)")
            }
        }
        let image = spec.image ?? service
        return FieldTarget(
            file: file, place: environment.value == .tag ? .imageTag(image) : .imageDigest(image))
    }

    /// What stands in the environment's field for a release.
    ///
    /// - Parameter tag: the image's tag: the commit that was built, which a rebase can have landed as another one.
    public static func value(
        _ environment: DeliverySpec.Environment, digest: String, tag: String, image: String
    ) -> String {
        switch environment.value ?? .digest {
        case .digest: digest
        case .tag: tag
        case .image: "\(image)@\(digest)"
        }
    }
}
