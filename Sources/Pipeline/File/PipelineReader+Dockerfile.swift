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
        var stages: Set<String> = ["scratch"]
        for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let words = line.split(whereSeparator: \.isWhitespace).map(String.init)
            guard let instruction = words.first?.uppercased(), words.count > 1 else { continue }
            let place = "\(path):\(number + 1)"
            switch instruction {
            case "FROM":
                let operands = words.dropFirst().filter { !$0.hasPrefix("--") }
                guard let image = operands.first else { continue }
                if !stages.contains(image), !NameRules.isPinned(image) {
                    report(
                        .e712, at: cursor, "\(place): FROM \(image) is not pinned",
                        fix: "write FROM \(image)@sha256:DIGEST")
                }
                if operands.count == 3, operands[operands.startIndex + 1].uppercased() == "AS" {
                    stages.insert(operands[operands.startIndex + 2])
                }
            case "ADD":
                if words.dropFirst().contains(where: { $0.hasPrefix("http://") || $0.hasPrefix("https://") })
                {
                    report(
                        .e712, at: cursor, "\(place): ADD fetches from the network",
                        hint: "what it fetches can be another thing tomorrow", fix: "fetch it in a step")
                }
            case "ARG", "ENV":
                let name = words[1].split(separator: "=").first.map(String.init) ?? ""
                if Self.soundsSecret(name) {
                    report(
                        .e712, at: cursor, "\(place): \(instruction) \(name) looks like a secret",
                        hint: "it stays in the history of the image", fix: "remove it")
                }
            default: break
            }
        }
    }
}
