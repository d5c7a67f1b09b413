import Foundation
import Subprocess

/// Builds images with buildah, where the machine has it.
public struct BuildahImageBuilder: ImageBuilder {
    private let program: String

    /// Builds with the program at a path.
    public init(program: String) { self.program = program }

    /// Nil where buildah is not on the path.
    public static func find(environment: [String: String]) -> BuildahImageBuilder? {
        let folders = (environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":").map(String.init)
        let paths = folders.map { "\($0)/buildah" }
        return paths.first(where: FileManager.default.isExecutableFile).map(
            BuildahImageBuilder.init(program:))
    }

    public func build(
        _ request: ImageBuildRequest, log: @Sendable (String) -> Void
    ) async throws -> ImageBuildResult {
        let scratch = "\(request.scratch)/.slipway-ci"
        try await FileWork().run { try FileWork.makeDirectory(scratch) }
        let archive = "\(scratch)/image.oci"
        switch request.recipe.build {
        case .dockerfile(let path, let target, let arguments):
            var words = [
                "build", "--isolation", "chroot", "--tag", request.commit, "--file",
                "\(request.source)/\(path)",
            ]
            if let target { words += ["--target", target] }
            for argument in arguments { words += ["--build-arg", "\(argument.name)=\(argument.text)"] }
            try await run(words + [request.source], log)
        case .layers(let layers):
            let container = try await run(["from", request.recipe.base ?? "scratch"], log)
            for layer in layers {
                let source =
                    switch layer.source {
                    case .path(let path): "\(request.source)/\(path)"
                    case .output(let name): "\(request.outputs)/\(name)"
                    }
                var words = ["copy"]
                if let mode = layer.mode { words += ["--chmod", String(mode, radix: 8)] }
                try await run(words + [container, source, layer.destination], log)
            }
            try await run(
                ["config", "--user", request.recipe.user] + settings(request.recipe) + [container], log)
            try await run(["commit", "--timestamp", "0", "--rm", container, request.commit], log)
        }
        try await run(["push", request.commit, "oci-archive:\(archive):\(request.commit)"], log)
        let digest = try await run(
            ["inspect", "--type", "image", "--format", "{{.FromImageDigest}}", request.commit], log)
        let size = try await FileWork().run {
            try FileManager.default.attributesOfItem(atPath: archive)[.size] as? Int
        }
        return ImageBuildResult(digest: digest, size: size ?? 0)
    }

    private func settings(_ recipe: ImageRecipe) -> [String] {
        var words: [String] = []
        if !recipe.entrypoint.isEmpty { words += ["--entrypoint", Self.list(recipe.entrypoint)] }
        if !recipe.command.isEmpty { words += ["--cmd", recipe.command.joined(separator: " ")] }
        for variable in recipe.environment { words += ["--env", "\(variable.name)=\(variable.text)"] }
        for port in recipe.ports { words += ["--port", port] }
        if let directory = recipe.workingDirectory { words += ["--workingdir", directory] }
        return words
    }

    private static func list(_ words: [String]) -> String {
        let quoted = words.map { word in
            "\"" + word.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
        }
        return "[" + quoted.joined(separator: ",") + "]"
    }

    /// The last line that the program wrote.
    @discardableResult
    private func run(_ arguments: [String], _ log: @Sendable (String) -> Void) async throws -> String {
        let result = try await Subprocess.run(
            .name(URL(filePath: program).lastPathComponent), arguments: .init(arguments),
            output: .string(limit: 1 << 20),
            error: .string(limit: 1 << 20))
        let output = result.standardOutput
        log("buildah \(arguments.joined(separator: " "))")
        if !result.standardError.isEmpty { log(result.standardError) }
        guard result.terminationStatus.isSuccess else {
            throw PipelineError(
                .programFailed, "buildah \(arguments.first ?? "") failed: \(result.standardError.firstLine)")
        }
        return output.split(whereSeparator: \.isNewline).last.map(String.init) ?? ""
    }
}
