import ArgumentParser

/// `slipway image`: images, from files to registries and back.
struct ImageCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "image", abstract: "Build, push, pull and look at images.",
        subcommands: [
            ImageBuild.self, ImagePush.self, ImagePull.self, ImageInspect.self, ImageTree.self,
        ])
}
