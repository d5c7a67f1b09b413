import ArgumentParser
import Manifest
import OCI

/// `slipway image inspect`: what an image is, from this machine or from its registry.
struct ImageInspect: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect", abstract: "Show an image's manifest and configuration.",
        discussion: "Looks on this machine first and then in the registry, without fetching layers.")

    @Argument(help: ArgumentHelp("The image.", valueName: "image"))
    var image: String

    @Option(help: ArgumentHelp("Of an image for several platforms, this one.", valueName: "os/arch"))
    var platform: String?

    @Flag(help: "Ask the registry, whatever is on this machine.")
    var remote = false

    @OptionGroup var storeOptions: ImageStoreOptions
    @OptionGroup var registryOptions: RegistryOptions
    @OptionGroup var outputOptions: ImageOutputOptions

    func run() async throws {
        try await reportingImages {
            let reference = try Reference(parsing: image).withDefaultTag
            let platform = try platform.map { try Platform(parsing: $0) } ?? .current
            let store = try storeOptions.open()
            let found: StoredImage
            if !remote, try await store.descriptor(of: reference) != nil {
                found = try await store.image(reference, platform: platform)
            } else {
                found = try await RegistryClient.withClient(try registryOptions.configuration()) { client in
                    try await client.image(reference, platform: platform)
                }
            }
            try outputOptions.print(Self.value(found, reference), text: Self.text(found, reference))
        }
    }

    private static func value(_ image: StoredImage, _ reference: Reference) -> Value {
        var object = Object()
        object["reference"] = .string(reference.description)
        object["digest"] = .string(image.digest.description)
        object["manifest"] = image.manifest.value
        object["config"] = image.configuration.value
        return .object(object)
    }

    private static func text(_ image: StoredImage, _ reference: Reference) -> String {
        var lines = [
            "Name:      \(reference)", "Digest:    \(image.digest)",
            "Platform:  \(image.configuration.platform)",
            "Size:      \(ImageSizeRule.megabytes(image.manifest.compressedSize)) compressed",
        ]
        if let created = image.configuration.created { lines.append("Created:   \(created)") }
        let execution = image.configuration.execution
        func add(_ name: String, _ words: [String]) {
            if !words.isEmpty { lines.append(name + words.joined(separator: " ")) }
        }
        add("Runs:      ", (execution.entrypoint ?? []) + (execution.command ?? []))
        add("User:      ", execution.user.map { [$0] } ?? [])
        add("Directory: ", execution.workingDirectory.map { [$0] } ?? [])
        add("Ports:     ", execution.exposedPorts)
        for variable in execution.environment { lines.append("Env:       \(variable)") }
        for (name, value) in image.manifest.annotations.sorted(by: { $0.key < $1.key }) {
            lines.append("Note:      \(name)=\(value)")
        }
        for layer in image.manifest.layers {
            lines.append("Layer:     \(layer.digest)  \(ImageSizeRule.megabytes(layer.size))")
        }
        return lines.joined(separator: "\n")
    }
}
