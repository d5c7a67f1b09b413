import ArgumentParser
import KubeClient
import KubeModel
import Manifest

/// `slipway release show`: one release with everything that vouches for it.
struct ReleaseShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show one release with its signature and evidence.")

    @Argument(help: "The release's name.") var name: String

    @OptionGroup var scope: ReleaseScope

    @Option(name: .shortAndLong, help: "How to print.")
    var output: VersionCommand.Output = .text

    func run() async throws {
        try await reportingSignatures {
            try await scope.run { client, namespace in
                let object = try await client.get(.releases, name, namespace: namespace)
                switch output {
                case .json: try StandardStreams.writeOutput(JSON.write(object, options: .pretty) + [0x0a])
                case .text:
                    let spec = try ValueDecoder().decode(
                        ReleaseSpec.self, from: object["spec"] ?? .emptyObject)
                    let status = try ValueDecoder().decode(
                        ReleaseStatus.self, from: object["status"] ?? .emptyObject)
                    try StandardStreams.writeOutput(Array(Self.text(name, spec, status).utf8))
                }
            }
        }
    }

    private static func text(_ name: String, _ spec: ReleaseSpec, _ status: ReleaseStatus) -> String {
        var lines: [(String, String)] = [
            ("Release", name),
            ("Phase", (status.phase ?? .available).rawValue + (status.message.map { ", \($0)" } ?? "")),
            ("Repository", spec.repository + (spec.service.map { ", service \($0)" } ?? "")),
            ("Commit", spec.commit), ("Tree", spec.tree), ("Image", spec.image.pinned),
        ]
        if let size = spec.image.size { lines.append(("Size", "\(size) bytes")) }
        if let signature = spec.signature {
            let mark = signature.development == true ? " (DEVELOPMENT)" : ""
            lines.append(("Signed by", signature.identity + mark))
            lines.append(("Issuer", signature.issuer))
            lines.append(("Log entry", "\(signature.logIndex) at \(signature.integratedTime)"))
        } else {
            lines.append(("Signed by", "nobody"))
        }
        if let sbom = spec.sbom { lines.append(("SBOM", sbom.digest)) }
        if let provenance = spec.provenance { lines.append(("Provenance", provenance.digest)) }
        if let run = spec.run { lines.append(("Pipeline run", run)) }
        if let verdict = spec.verdict { lines.append(("Verdict", verdict)) }
        for gate in spec.gates ?? [] {
            lines.append(("Gate \(gate.name)", gate.result))
            for digest in gate.evidence ?? [] { lines.append(("", digest)) }
        }
        let width = lines.map(\.0.count).max() ?? 0
        return lines.map { label, text in
            let head = label.isEmpty ? "" : label + ":"
            return head + String(repeating: " ", count: width + 3 - head.count) + text + "\n"
        }.joined()
    }
}
