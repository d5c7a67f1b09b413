public import OCI

/// An image whose files are on this machine, ready to be the root of a container.
public struct PodImage: Sendable, Hashable {
    /// The reference it was asked for by, with what it left open.
    public var name: String
    /// What identifies its content: `repository@sha256:…`, or the reference where it has no digest.
    public var id: String
    /// The files of the image.
    public var root: RootFileSystem
    /// What a container does that is not told otherwise.
    public var defaults: ImageDefaults
    /// The size of its layers in bytes; nil where nobody knows.
    public var size: Int64?

    /// An image that is on this machine.
    public init(
        name: String, id: String, root: RootFileSystem, defaults: ImageDefaults = .init(),
        size: Int64? = nil
    ) {
        self.name = name
        self.id = id
        self.root = root
        self.defaults = defaults
        self.size = size
    }
}

/// What an image says about the containers made of it (the `config` of an OCI image).
public struct ImageDefaults: Sendable, Hashable {
    /// What is run.
    public var entrypoint: [String] = []
    /// What it is given, or what is run where there is no entry point.
    public var command: [String] = []
    /// `NAME=value` each.
    public var environment: [String] = []
    /// Where it runs; empty for `/`.
    public var workingDirectory: String = ""
    /// `name`, `uid`, `name:group` or `uid:gid`; empty for root.
    public var user: String = ""
    /// A name or a number; empty for SIGTERM.
    public var stopSignal: String = ""

    /// An image that says nothing.
    public init() {}
}

/// Where the images of containers come from.
///
/// Calls may overlap, also for one image.
public protocol ImageProvider: Sendable {
    /// The image if all of it is on this machine, nil where it is not.
    ///
    /// - Throws: ``ImageError``.
    func local(_ reference: String) async throws -> PodImage?

    /// Brings the image to this machine, asking its registry even where it is here.
    ///
    /// - Parameter credentials: what the pod's image pull secrets say; all that know the registry are tried, one
    ///   after another.
    /// - Throws: ``ImageError``.
    func pull(_ reference: String, credentials: [DockerConfiguration]) async throws -> PodImage

    /// Does the same and tells how far it is; a provider that cannot tell leaves this out.
    ///
    /// - Throws: ``ImageError``.
    func pull(
        _ reference: String, credentials: [DockerConfiguration],
        progress: @escaping @Sendable (PullProgress) -> Void
    ) async throws -> PodImage
}

extension ImageProvider {
    /// Pulls without telling anything, for providers that cannot.
    public func pull(
        _ reference: String, credentials: [DockerConfiguration],
        progress: @escaping @Sendable (PullProgress) -> Void
    ) async throws -> PodImage {
        try await pull(reference, credentials: credentials)
    }
}

/// Why an image cannot be had.
public struct ImageError: Error, Sendable, CustomStringConvertible {
    /// The class of a failure. New codes may be added; compare with the static members.
    public struct Code: Sendable, Hashable {
        private enum Name { case invalidName, unavailable, storage }
        private let name: Name
        private init(_ name: Name) { self.name = name }

        /// The reference is none.
        public static let invalidName = Code(.invalidName)
        /// No registry or directory has the image, or may give it to us.
        public static let unavailable = Code(.unavailable)
        /// The image cannot be kept on this machine.
        public static let storage = Code(.storage)
    }

    /// What kind of failure it is.
    public let code: Code
    /// What failed, for which image, and what to do about it.
    public let message: String

    /// An error whose message says what failed and why.
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// The message.
    public var description: String { message }
}
