import FoundationEssentials
import Glibc
import Subprocess

/// Builds an image from a Dockerfile by the program `buildah`.
///
/// What such a build does is up to the Dockerfile, so it is reproducible only as far as that is.
public struct DockerfileBuild: Sendable {
    /// How base images are found that lie in registries of one's own.
    public struct Registries: Sendable {
        /// Addresses by the names that a Dockerfile has for registries; those on this machine are spoken to without TLS
        /// unless there are ``authorities``.
        public var hosts: [String: String]
        /// Certificate authorities in PEM that are trusted beside the system's.
        public var authorities: [UInt8]?

        /// Names registries and what they are trusted by.
        public init(hosts: [String: String] = [:], authorities: [UInt8]? = nil) {
            self.hosts = hosts
            self.authorities = authorities
        }

        /// The text of `registries.conf`.
        var configuration: String {
            let known = Set(hosts.values).reduce(into: hosts) { $0[$1] = $0[$1] ?? $1 }
            let entries = known.sorted { $0.key < $1.key }.map { name, address in
                let isLocal = ["127.0.0.1:", "localhost:", "[::1]:"].contains { address.hasPrefix($0) }
                return """
                    [[registry]]
                    prefix = "\(name)"
                    location = "\(address)"
                    insecure = \(isLocal && authorities == nil)

                    """
            }
            return "unqualified-search-registries = []\n" + entries.joined()
        }
    }

    /// The path of the file, which may lie outside of ``context``.
    public var dockerfile: String
    /// The directory whose files the Dockerfile copies from.
    public var context: String
    /// Values of `ARG` instructions; they stay in the image's history.
    public var arguments: [String: String]
    /// Nil for the last one.
    public var target: String?
    /// The time of everything in the image, in seconds since 1970.
    public var epoch: Int64
    /// The commit, for the annotation `org.opencontainers.image.revision`.
    public var revision: String?
    /// Further annotations of the manifest.
    public var annotations: [String: String]
    /// Where base images come from.
    public var registries: Registries
    /// Further directories to copy from, by the name that `COPY --from=` has for them.
    public var directories: [String: String]

    /// Describes a build; nothing is run yet.
    public init(
        dockerfile: String, context: String, arguments: [String: String] = [:], target: String? = nil,
        epoch: Int64 = 0, revision: String? = nil, annotations: [String: String] = [:],
        registries: Registries = Registries(), directories: [String: String] = [:]
    ) {
        self.dockerfile = dockerfile
        self.context = context
        self.arguments = arguments
        self.target = target
        self.epoch = epoch
        self.revision = revision
        self.annotations = annotations
        self.registries = registries
        self.directories = directories
    }

    /// Builds the image and takes it over into a store.
    ///
    /// - Parameters:
    ///   - rule: the largest the image may be.
    ///   - environment: where `buildah` is looked for (`PATH`), and what it is run with.
    /// - Throws: ``OCIError`` with code `unsupported` where `buildah` is not installed, `build` where it fails,
    ///   `imageTooLarge`, `tagRefused`; `CancellationError`.
    public func build(
        into store: ImageStore, rule: ImageSizeRule = .standard, environment: [String: String]
    ) async throws -> (document: ManifestDocument, size: ImageSize) {
        if let revision, !TagRule.isCommit(revision) { try TagRule.commit.check(revision) }
        let program = "buildah"
        guard Self.isInstalled(program, in: environment) else {
            throw OCIError(
                .unsupported,
                "a Dockerfile is built by the program buildah, which is not installed; install it (apt-get install "
                    + "buildah), or describe the image's layers instead of a Dockerfile")
        }
        let work = try await BlockingQueue.files.run { () throws(OCIError) in
            do throws(SystemCallFailure) {
                return try Disk.makeTemporaryDirectory(
                    in: store.content.directory + "/ingest", prefix: "buildah-")
            } catch { throw .storage("build in \(store.content.directory)", error) }
        }
        do {
            let result = try await build(
                with: program, in: work, store: store, rule: rule,
                environment: try await prepare(work, environment))
            await Self.remove(work)
            return result
        } catch {
            await Self.remove(work)
            throw error
        }
    }

    private func build(
        with program: String, in work: String, store: ImageStore, rule: ImageSizeRule,
        environment: [String: String]
    ) async throws -> (document: ManifestDocument, size: ImageSize) {
        let storage = ["--root", "\(work)/root", "--runroot", "\(work)/run", "--storage-driver", "vfs"]
        var build =
            storage + [
                "build", "--signature-policy", "\(work)/policy.json", "--format", "oci", "--isolation",
                "chroot", "--timestamp", "\(epoch)",
            ]
        build += ["--file", dockerfile, "--tag", "localhost/slipway-build"]
        for (name, value) in arguments.sorted(by: { $0.key < $1.key }) {
            build += ["--build-arg", "\(name)=\(value)"]
        }
        var all = ["org.opencontainers.image.created": CivilTime.text(epoch)]
        if let revision { all["org.opencontainers.image.revision"] = revision }
        for (name, value) in all.merging(annotations, uniquingKeysWith: { $1 }).sorted(by: { $0.key < $1.key }
        ) {
            build += ["--annotation", "\(name)=\(value)"]
        }
        for (name, path) in directories.sorted(by: { $0.key < $1.key }) {
            build += ["--build-context", "\(name)=\(path)"]
        }
        if let target { build += ["--target", target] }
        if registries.authorities != nil { build += ["--cert-dir", "\(work)/certificates"] }
        try await Self.run(
            program, build + [context], environment, "the Dockerfile \(dockerfile) cannot be built")
        try await Self.run(
            program,
            storage + [
                "push", "--signature-policy", "\(work)/policy.json", "--quiet", "localhost/slipway-build",
                "oci:\(work)/layout:image",
            ],
            environment, "the image built from \(dockerfile) cannot be stored")
        let document = try await ImageLayout(directory: "\(work)/layout").read("image", into: store)
        let image = try await store.image(document.digest)
        var size = ImageSize(
            compressed: image.manifest.compressedSize, uncompressed: 0,
            aboveBase: image.manifest.compressedSize)
        var files: [ImageFile] = []
        let isTooLarge = !rule.allows(size)
        for (number, layer) in image.layers.enumerated() {
            let content = store.content
            let listing = try await BlockingQueue.files.runCancellable { flag in
                try LayerListing(layer.descriptor, in: content, listsFiles: isTooLarge, number: number, flag)
            }
            size.uncompressed += listing.size
            files += listing.files
        }
        try rule.check(size, files: files)
        return (document, size)
    }

    /// Writes what buildah is configured by, so that the configuration of the machine does not count.
    ///
    /// - Returns: the environment to run it with.
    private func prepare(
        _ work: String, _ environment: [String: String]
    ) async throws(OCIError) -> [String: String] {
        let registries = registries
        let files: [(String, [UInt8])] = [
            ("registries.conf", Array(registries.configuration.utf8)),
            // What a build is based on is named by its digest, so that no signature is needed to know it.
            ("policy.json", Array(#"{"default":[{"type":"insecureAcceptAnything"}]}"#.utf8)),
            ("certificates/ca.crt", registries.authorities ?? []),
        ]
        do {
            try await BlockingQueue.files.run {
                try FileManager.default.createDirectory(
                    atPath: "\(work)/certificates", withIntermediateDirectories: true)
                for (name, bytes) in files { try Data(bytes).write(to: URL(filePath: "\(work)/\(name)")) }
            }
        } catch {
            throw OCIError(.storage, "the build in \(work) cannot be prepared", cause: error)
        }
        var environment = environment
        environment["PATH"] = environment["PATH"] ?? Self.searchPath
        environment["CONTAINERS_REGISTRIES_CONF"] = "\(work)/registries.conf"
        return environment
    }

    private static let searchPath = "/usr/bin:/bin"

    private static func isInstalled(_ name: String, in environment: [String: String]) -> Bool {
        (environment["PATH"] ?? searchPath).split(separator: ":").contains {
            access("\($0)/\(name)", X_OK) == 0
        }
    }

    private static func run(
        _ program: String, _ arguments: [String], _ environment: [String: String], _ failure: String
    ) async throws {
        var variables: [Environment.Key: String] = [:]
        for (name, value) in environment {
            if let key = Environment.Key(rawValue: name) { variables[key] = value }
        }
        let result = try await Subprocess.run(
            .name(program), arguments: .init(arguments), environment: .custom(variables),
            output: .string(limit: 1 << 20), error: .string(limit: 1 << 20))
        guard result.terminationStatus.isSuccess else {
            let said = [result.standardOutput, result.standardError].compactMap { $0 }.joined()
            let lines = said.split(separator: "\n").suffix(20).joined(separator: "\n")
            throw OCIError(.build, "\(failure); buildah says:\n\(lines)")
        }
    }

    private static func remove(_ directory: String) async {
        await BlockingQueue.files.run {
            let name = directory.utf8CString.map { $0 }
            guard let here = try? OpenFile("/", O_RDONLY | O_DIRECTORY) else { return }
            _ = try? TreeRemoval.remove(name, in: here, at: TreePath(components: [name]))
        }
    }
}
