import Manifest

extension PipelineReader {
    /// A build by Dockerfile; the file itself is read where there is a tree.
    mutating func dockerfile(
        _ cursor: PipelineCursor, _ fields: [String: PipelineCursor]
    ) -> ImageRecipe.Build {
        let path = nonEmptyText(cursor).flatMap { treePath($0, at: cursor) } ?? "Dockerfile"
        let target = fields["target"].flatMap { nonEmptyText($0) }
        let arguments = fields["args"].map { environment($0) } ?? []
        for argument in arguments where Self.soundsSecret(argument.name) {
            report(
                .e604, at: fields["args"] ?? cursor,
                "the build argument \(argument.name) looks like a secret",
                hint: "build arguments stay in the history of the image", fix: "remove it")
        }
        if let base = fields["base"] {
            report(.e106, at: base, "base belongs to layers; a Dockerfile names its own")
        }
        if let exists = context.exists, !exists(path) {
            report(.e706, at: cursor, "\(path) does not exist in the tree")
        } else if let text = context.contents?(path) {
            checkDockerfile(text, path: path, at: cursor)
        }
        return .dockerfile(path: path, target: target, arguments: arguments)
    }

    static func soundsSecret(_ name: String) -> Bool {
        let upper = name.uppercased()
        return ["PASSWORD", "SECRET", "TOKEN", "PRIVATE_KEY", "API_KEY"].contains { upper.contains($0) }
    }

    private mutating func checkDockerfile(_ text: String, path: String, at cursor: PipelineCursor) {
        for fault in Dockerfile(text).faults {
            report(
                .e712, at: cursor, "\(path):\(fault.line): \(fault.message)", hint: fault.hint, fix: fault.fix
            )
        }
    }
}
