import Crypto
import Foundation

extension ToolPaths {
    /// The project's own Semgrep rules, which are part of the program.
    static var embeddedRules: [(name: String, bytes: [UInt8])] {
        [
            ("injection.yaml", PackageResources.injection_yaml),
            ("secrets.yaml", PackageResources.secrets_yaml),
            ("transport.yaml", PackageResources.transport_yaml),
        ]
    }

    /// The same tools with the project's own rules, written where containers can see them.
    ///
    /// - Throws: ``PipelineError`` `fileFailed`.
    public func withRules(in files: RunFiles) throws(PipelineError) -> ToolPaths {
        var hash = SHA256()
        for rule in Self.embeddedRules { hash.update(data: rule.bytes) }
        let directory = "\(files.root)/rules/\(hash.finalize().hexadecimal.prefix(16))"
        do {
            try FileWork.makeDirectory(directory)
            for rule in Self.embeddedRules { try FileWork.write(rule.bytes, to: "\(directory)/\(rule.name)") }
        } catch {
            throw PipelineError(.fileFailed, "the rules cannot be written to \(directory): \(error)")
        }
        var result = self
        result.rules = directory
        result.directories.append(directory)
        return result
    }
}
