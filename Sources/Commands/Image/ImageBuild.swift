import ArgumentParser
import Foundation
import Manifest
import OCI

/// `slipway image build`: an image from files, the same bytes from the same files.
struct ImageBuild: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "build", abstract: "Build an image from files, or from a Dockerfile with buildah.",
        discussion: """
            Each --layer FROM:TO becomes a layer: a file or directory of this machine and where it goes in the image. \
            Without --base the image has no other files. The same files give the same digest on every machine and day.

            The image is tagged with --revision, the full SHA of the commit it is built from, and with nothing else.

              slipway image build registry.example.com/team/web --revision $(git rev-parse HEAD) \\
                  --epoch $(git log -1 --format=%ct) --layer build/web:/usr/bin/web --entrypoint /usr/bin/web
            """)

    @Argument(help: ArgumentHelp("Registry and repository, without a tag.", valueName: "repository"))
    var repository: String

    @Option(help: ArgumentHelp("The full SHA of the commit, which becomes the tag.", valueName: "sha"))
    var revision: String

    @Option(
        name: .customLong("layer"),
        help: ArgumentHelp(
            "A file or directory and its place in the image; may be repeated.", valueName: "from:to"))
    var layers: [String] = []

    @Option(help: ArgumentHelp("Leave a path below a layer's directory out, such as .git; may be repeated."))
    var exclude: [String] = []

    @Option(
        help: ArgumentHelp(
            "The image to build upon, pulled where it is not on this machine.", valueName: "image"))
    var base: String?

    @Option(
        help: ArgumentHelp("Build from this file with buildah instead of from layers.", valueName: "file"))
    var dockerfile: String?

    @Option(help: ArgumentHelp("The directory a Dockerfile copies from.", valueName: "dir"))
    var context = "."

    @Option(
        help: ArgumentHelp("The platform, such as linux/amd64 (default: this one).", valueName: "os/arch"))
    var platform: String?

    @Option(
        help: ArgumentHelp("The program and its first arguments; repeat for each word.", valueName: "word"))
    var entrypoint: [String] = []

    @Option(
        name: .customLong("cmd"),
        help: ArgumentHelp("Arguments that a container may replace; repeat for each word.", valueName: "word")
    )
    var command: [String] = []

    @Option(help: ArgumentHelp("An environment variable; may be repeated.", valueName: "name=value"))
    var env: [String] = []

    @Option(help: ArgumentHelp("The user, or user and group, containers run as.", valueName: "user[:group]"))
    var user: String?

    @Option(help: ArgumentHelp("The directory containers start in.", valueName: "dir"))
    var workdir: String?

    @Option(
        help: ArgumentHelp(
            "A port the program listens on, such as 8080/tcp; may be repeated.", valueName: "port"))
    var expose: [String] = []

    @Option(help: ArgumentHelp("A label; may be repeated.", valueName: "name=value"))
    var label: [String] = []

    @Option(help: ArgumentHelp("An annotation; may be repeated.", valueName: "name=value"))
    var annotation: [String] = []

    @Option(
        help: ArgumentHelp("The signal that asks the program to end, such as SIGINT.", valueName: "signal"))
    var stopSignal: String?

    @Option(
        help: ArgumentHelp(
            "The time of everything in the image, in seconds since 1970 (default: $SOURCE_DATE_EPOCH, or 0).",
            valueName: "seconds"))
    var epoch: Int64?

    @Option(
        help: ArgumentHelp(
            "Fail where the image has more compressed megabytes; 0 for no limit.", valueName: "MB"))
    var limit: Int64 = 200

    @Flag(help: "Push the image when it is built.")
    var push = false

    @OptionGroup var storeOptions: ImageStoreOptions
    @OptionGroup var registryOptions: RegistryOptions
    @OptionGroup var outputOptions: ImageOutputOptions

    func validate() throws {
        if dockerfile != nil, !layers.isEmpty || base != nil {
            throw ValidationError("--dockerfile says what is in the image; leave --layer and --base out")
        }
        if dockerfile == nil, layers.isEmpty, base == nil {
            throw ValidationError("an image needs --layer, --base or --dockerfile")
        }
    }

    func run() async throws {
        try await reportingImages {
            let store = try storeOptions.open()
            let target = try Reference(parsing: repository)
            guard target.tag == nil, target.digest == nil else {
                throw CommandFailure(
                    .refused,
                    "'\(repository)' has a tag or digest; the tag is the commit given with --revision")
            }
            try TagRule.commit.check(revision)
            let reference = try target.with(tag: revision)
            let rule = ImageSizeRule(limit: limit > 0 ? limit * 1_000_000 : nil)
            let outcome = try await build(in: store, rule)
            try await store.set(reference, to: outcome.document.descriptor)
            if push { try await send(outcome.document, of: reference, from: store) }
            try outputOptions.print(
                outcome.value(reference, isPushed: push), text: outcome.text(reference, isPushed: push))
        }
    }

    private var seconds: Int64 {
        get throws {
            if let epoch { return epoch }
            guard let text = ProcessInfo.processInfo.environment["SOURCE_DATE_EPOCH"] else { return 0 }
            guard let seconds = Int64(text), seconds >= 0 else {
                throw CommandFailure(
                    .refused, "SOURCE_DATE_EPOCH is '\(text)', not a number of seconds since 1970")
            }
            return seconds
        }
    }

    private func build(in store: ImageStore, _ rule: ImageSizeRule) async throws -> BuiltImage {
        let annotations = try Self.pairs(annotation, "--annotation")
        if let dockerfile {
            let build = DockerfileBuild(
                dockerfile: dockerfile, context: context, epoch: try seconds, revision: revision,
                annotations: annotations)
            let built = try await build.build(
                into: store, rule: rule, environment: ProcessInfo.processInfo.environment)
            return BuiltImage(document: built.document, size: built.size, layers: nil, cachedLayers: 0)
        }
        let platform = try platform.map { try Platform(parsing: $0) } ?? .current
        var recipe = ImageRecipe(
            layers: try layers.map { try layer($0) }, platform: platform, execution: try execution(),
            epoch: try seconds, revision: revision, annotations: annotations)
        if let base { recipe.base = try await baseImage(base, platform, in: store) }
        let outcome = try await ImageBuilder(store: store, rule: rule).build(recipe)
        return BuiltImage(
            document: outcome.document, size: outcome.size, layers: outcome.manifest.layers.count,
            cachedLayers: outcome.cachedLayers)
    }

    private func layer(_ text: String) throws -> LayerContent {
        guard let colon = text.lastIndex(of: ":"), colon != text.startIndex else {
            throw CommandFailure(
                .refused, "--layer '\(text)' must be FROM:TO, such as build/web:/usr/bin/web")
        }
        let (from, to) = (String(text[..<colon]), String(text[text.index(after: colon)...]))
        return LayerContent([.path(from, at: to, excluding: exclude)], comment: to)
    }

    private func execution() throws -> ImageConfiguration.Execution {
        var execution = ImageConfiguration.Execution()
        execution.user = user
        execution.workingDirectory = workdir
        execution.stopSignal = stopSignal
        execution.exposedPorts = expose.map { $0.contains("/") ? $0 : "\($0)/tcp" }
        for variable in env where !variable.contains("=") {
            throw CommandFailure(.refused, "--env '\(variable)' must be NAME=VALUE")
        }
        execution.environment = env
        execution.labels = try Self.pairs(label, "--label")
        if !entrypoint.isEmpty { execution.entrypoint = entrypoint }
        if !command.isEmpty { execution.command = command }
        return execution
    }

    private static func pairs(_ texts: [String], _ option: String) throws -> [String: String] {
        var pairs: [String: String] = [:]
        for text in texts {
            guard let equals = text.firstIndex(of: "="), equals != text.startIndex else {
                throw CommandFailure(.refused, "\(option) '\(text)' must be NAME=VALUE")
            }
            pairs[String(text[..<equals])] = String(text[text.index(after: equals)...])
        }
        return pairs
    }

    private func baseImage(
        _ name: String, _ platform: Platform, in store: ImageStore
    ) async throws -> ImageRecipe.Base {
        let reference = try Reference(parsing: name).withDefaultTag
        if let known = try await store.descriptor(of: reference) {
            return ImageRecipe.Base(name: reference.description, digest: known.digest)
        }
        let display = TransferDisplay("Pulling \(reference.repository):")
        let pulled = try await RegistryClient.withClient(try registryOptions.configuration()) { client in
            try await client.pull(reference, into: store, platform: platform) { display.show($0) }
        }
        display.end()
        return ImageRecipe.Base(name: reference.description, digest: pulled.digest)
    }

    private func send(
        _ document: ManifestDocument, of reference: Reference, from store: ImageStore
    ) async throws {
        let display = TransferDisplay("Pushing")
        try await RegistryClient.withClient(try registryOptions.configuration()) { client in
            _ = try await client.push(document.digest, from: store, to: reference) { display.show($0) }
        }
        display.end()
    }
}

/// What a build says about its image.
private struct BuiltImage {
    let document: ManifestDocument
    let size: ImageSize
    let layers: Int?
    let cachedLayers: Int

    func value(_ reference: Reference, isPushed: Bool) -> Value {
        var object = Object()
        object["reference"] = .string(reference.description)
        object["digest"] = .string(document.digest.description)
        object["mediaType"] = .string(document.mediaType.rawValue)
        object["compressedSize"] = .integer(size.compressed)
        object["uncompressedSize"] = .integer(size.uncompressed)
        object["sizeAboveBase"] = .integer(size.aboveBase)
        if let layers { object["layers"] = .integer(Int64(layers)) }
        object["cachedLayers"] = .integer(Int64(cachedLayers))
        object["pushed"] = .bool(isPushed)
        return .object(object)
    }

    func text(_ reference: Reference, isPushed: Bool) -> String {
        let cached =
            layers.map { ", \($0) \($0 == 1 ? "layer" : "layers") (\(cachedLayers) unchanged)" } ?? ""
        return """
            \(isPushed ? "Pushed" : "Built") \(reference)
            \(document.digest)
            \(ImageSizeRule.megabytes(size.compressed)) compressed, \
            \(ImageSizeRule.megabytes(size.uncompressed)) uncompressed\(cached)
            """
    }
}
