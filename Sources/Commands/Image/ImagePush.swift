import ArgumentParser
import Manifest
import OCI

/// `slipway image push`: a stored image to its registry.
struct ImagePush: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "push", abstract: "Push an image of this machine to a registry.",
        discussion: """
            The tag must be the full SHA of a commit; a tag that names another image already is left alone. Layers the \
            registry has are not sent again.
            """)

    @Argument(help: ArgumentHelp("The image, with its tag.", valueName: "image"))
    var image: String

    @Option(help: ArgumentHelp("Push under another name than the image has here.", valueName: "image"))
    var to: String?

    @Option(
        help: ArgumentHelp(
            "A repository of the same registry whose layers may be taken over; may be repeated.",
            valueName: "repository"))
    var mountFrom: [String] = []

    @OptionGroup var storeOptions: ImageStoreOptions
    @OptionGroup var registryOptions: RegistryOptions
    @OptionGroup var outputOptions: ImageOutputOptions

    func run() async throws {
        try await reportingImages {
            let store = try storeOptions.open()
            let source = try Reference(parsing: image)
            let target = try Reference(parsing: to ?? image)
            guard target.tag != nil else {
                throw CommandFailure(
                    .refused,
                    "'\(target)' has no tag; add the full SHA of the commit the image was built from")
            }
            guard let known = try await store.descriptor(of: source) else {
                throw CommandFailure(.notFound, "there is no image \(source) on this machine; build it first")
            }
            let display = TransferDisplay("Pushing")
            let pushed = try await RegistryClient.withClient(try registryOptions.configuration()) { client in
                try await client.push(known.digest, from: store, to: target, mounting: mountFrom) {
                    display.show($0)
                }
            }
            display.end()
            try outputOptions.print(
                ["reference": .string(target.description), "digest": .string(pushed.digest.description)],
                text: "Pushed \(target)\n\(pushed.digest)")
        }
    }
}
