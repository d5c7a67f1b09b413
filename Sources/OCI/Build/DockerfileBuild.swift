import Glibc
import Subprocess

/// Builds an image from a Dockerfile by the program `buildah`.
///
/// What such a build does is up to the Dockerfile, so it is reproducible only as far as that is.
public struct DockerfileBuild: Sendable {
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

    public init(
        dockerfile: String, context: String, arguments: [String: String] = [:], target: String? = nil,
        epoch: Int64 = 0, revision: String? = nil, annotations: [String: String] = [:]
    ) {
        self.dockerfile = dockerfile
        self.context = context
        self.arguments = arguments
        self.target = target
        self.epoch = epoch
        self.revision = revision
        self.annotations = annotations
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
            let result = try await build(with: program, in: work, store: store, rule: rule)
            await Self.remove(work)
            return result
        } catch {
            await Self.remove(work)
            throw error
        }
    }

    private func build(
        with program: String, in work: String, store: ImageStore, rule: ImageSizeRule
    ) async throws -> (document: ManifestDocument, size: ImageSize) {
        let storage = ["--root", "\(work)/root", "--runroot", "\(work)/run", "--storage-driver", "vfs"]
        var build =
            storage + ["build", "--format", "oci", "--isolation", "chroot", "--timestamp", "\(epoch)"]
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
        if let target { build += ["--target", target] }
        try await Self.run(program, build + [context], "the Dockerfile \(dockerfile) cannot be built")
        try await Self.run(
            program, storage + ["push", "--quiet", "localhost/slipway-build", "oci:\(work)/layout:image"],
            "the image built from \(dockerfile) cannot be stored")
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

    private static func isInstalled(_ name: String, in environment: [String: String]) -> Bool {
        (environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":").contains {
            access("\($0)/\(name)", X_OK) == 0
        }
    }

    private static func run(_ program: String, _ arguments: [String], _ failure: String) async throws {
        let result = try await Subprocess.run(
            .name(program), arguments: .init(arguments), output: .string(limit: 1 << 20),
            error: .string(limit: 1 << 20))
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
