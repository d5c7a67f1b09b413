import ArgumentParser
import Manifest
import OCI

/// `slipway image pull`: an image from its registry onto this machine.
struct ImagePull: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pull", abstract: "Pull an image from a registry onto this machine.")

    @Argument(
        help: ArgumentHelp("The image; without a tag and a digest, its tag latest.", valueName: "image"))
    var image: String

    @Option(
        help: ArgumentHelp(
            "The platform, such as linux/arm64, or 'all' (default: this one).", valueName: "os/arch"))
    var platform: String?

    @OptionGroup var storeOptions: ImageStoreOptions
    @OptionGroup var registryOptions: RegistryOptions
    @OptionGroup var outputOptions: ImageOutputOptions

    func run() async throws {
        try await reportingImages {
            let store = try storeOptions.open()
            let reference = try Reference(parsing: image).withDefaultTag
            let wanted: Platform? =
                platform == "all" ? nil : try platform.map { try Platform(parsing: $0) } ?? .current
            let display = TransferDisplay("Pulling")
            let pulled = try await RegistryClient.withClient(try registryOptions.configuration()) { client in
                try await client.pull(reference, into: store, platform: wanted) { display.show($0) }
            }
            display.end()
            try outputOptions.print(
                ["reference": .string(reference.description), "digest": .string(pulled.digest.description)],
                text: "Pulled \(reference)\n\(pulled.digest)")
        }
    }
}
