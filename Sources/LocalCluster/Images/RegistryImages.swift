import Glibc
public import OCI

/// Images of OCI registries, kept and unpacked in a directory.
///
///     DIR/store      blobs and references
///     DIR/unpacked   layers, ready to be laid over one another
public struct RegistryImages: ImageProvider {
    /// How registries are spoken to.
    public struct Settings: Sendable {
        /// Whether registries are spoken to in plain HTTP.
        public var security = RegistryClient.Security.automatic
        /// Registries on this machine that serve TLS: `127.0.0.1:5000`.
        public var secureHosts: Set<String> = []
        /// Certificate authorities in PEM that are trusted beside the system's.
        public var authorities: [UInt8]?
        /// Registries to go to in place of those that images name.
        public var mirrors: [String: String] = [:]
        /// Credentials of the machine, for images whose pods bring none.
        public var credentials: [DockerConfiguration] = []

        /// Registries with TLS, the system's authorities, no mirrors and no credentials.
        public init() {}
    }

    /// The directory of blobs and references below a directory of images.
    public static func store(in directory: String) -> String { "\(directory)/store" }

    private let store: ImageStore
    private let unpacked: UnpackedImages
    private let settings: Settings
    private let pulls = KeyedGate()

    /// Opens the directory, making it where there is none.
    ///
    /// - Throws: ``ImageError`` with code `storage`.
    public init(directory: String, settings: Settings = Settings()) throws(ImageError) {
        self.settings = settings
        do throws(OCIError) {
            store = try ImageStore(directory: Self.store(in: directory))
            unpacked = try UnpackedImages(
                directory: "\(directory)/unpacked", content: store.content,
                // Only root can write what means a deletion to overlayfs.
                form: geteuid() == 0 ? .overlay : .flat)
        } catch {
            throw ImageError(error)
        }
    }

    /// As ``ImageProvider/local(_:)``.
    public func local(_ reference: String) async throws -> PodImage? {
        let name = try Self.reference(reference)
        do {
            guard let descriptor = try await store.descriptor(of: name) else { return nil }
            let image = try await store.image(descriptor.digest)
            return try await ready(image, name, top: descriptor.digest)
        } catch let error as OCIError where error.code == .notFound {
            // A part of it is gone: it has to be pulled again.
            return nil
        } catch let error as OCIError {
            throw ImageError(error)
        }
    }

    /// As ``ImageProvider/pull(_:credentials:)``.
    public func pull(_ reference: String, credentials: [DockerConfiguration]) async throws -> PodImage {
        try await pull(reference, credentials: credentials) { _ in }
    }

    /// Does the same and tells how far it is.
    public func pull(
        _ reference: String, credentials: [DockerConfiguration],
        progress: @escaping @Sendable (PullProgress) -> Void
    ) async throws -> PodImage {
        let name = try Self.reference(reference)
        let login = RegistryLogin(secrets: credentials, machine: settings.credentials)
        do {
            // Pods that want the same image at once wait for the first of them, and find it here.
            return try await pulls.run(name.description) {
                let top = try await login.attempt(name) { credential in
                    let tally = PullTally()
                    let configuration = RegistryClient.Configuration(
                        credentials: credential, security: settings.security,
                        secureHosts: settings.secureHosts, authorities: settings.authorities,
                        mirrors: settings.mirrors)
                    return try await RegistryClient.withClient(configuration) { client in
                        try await client.pull(name, into: store) { progress(tally.add($0)) }.digest
                    }
                }
                return try await ready(try await store.image(top), name, top: top)
            }
        } catch let error as OCIError {
            throw ImageError(error)
        }
    }

    private func ready(_ image: StoredImage, _ name: Reference, top: Digest) async throws -> PodImage {
        let directories = try await unpacked.directories(of: image)
        let execution = image.configuration.execution
        var defaults = ImageDefaults()
        defaults.entrypoint = execution.entrypoint ?? []
        defaults.command = execution.command ?? []
        defaults.environment = execution.environment
        defaults.workingDirectory = execution.workingDirectory ?? ""
        defaults.user = execution.user ?? ""
        defaults.stopSignal = execution.stopSignal ?? ""
        return PodImage(
            name: name.description, id: "\(name.name)@\(top)", root: .layers(directories), defaults: defaults,
            size: image.layers.reduce(0) { $0 + $1.descriptor.size })
    }

    /// Reads a reference as Kubernetes does: `latest` where it has neither a tag nor a digest.
    private static func reference(_ text: String) throws(ImageError) -> Reference {
        do throws(OCIError) {
            let reference = try Reference(parsing: text)
            if reference.tag != nil || reference.digest != nil { return reference }
            return try reference.with(tag: "latest")
        } catch {
            throw ImageError(
                .invalidName,
                "Failed to apply default image tag \"\(text)\": couldn't parse image name \"\(text)\": \(error.message)"
            )
        }
    }
}

extension ImageError {
    init(_ error: OCIError) {
        switch error.code {
        case .invalidReference, .invalidDigest: self.init(.invalidName, error.description)
        case .storage: self.init(.storage, error.description)
        default: self.init(.unavailable, error.description)
        }
    }
}
