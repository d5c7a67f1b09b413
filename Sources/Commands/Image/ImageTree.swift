import ArgumentParser
import Manifest
import OCI

/// `slipway image tree`: an image in a registry with all that refers to it.
struct ImageTree: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tree",
        abstract: "Show what an image in a registry consists of, and the signatures and attestations on it.")

    @Argument(help: ArgumentHelp("The image.", valueName: "image"))
    var image: String

    @OptionGroup var registryOptions: RegistryOptions
    @OptionGroup var outputOptions: ImageOutputOptions

    func run() async throws {
        try await reportingImages {
            let reference = try Reference(parsing: image).withDefaultTag
            let tree = try await RegistryClient.withClient(try registryOptions.configuration()) { client in
                try await Node.read(reference, with: client)
            }
            try outputOptions.print(tree.value, text: "\(reference)\n" + tree.text())
        }
    }
}

/// A manifest with its parts and its referrers.
private struct Node {
    let kind: String
    let descriptor: Descriptor
    var children: [Node] = []

    static func read(_ reference: Reference, with client: RegistryClient, depth: Int = 0) async throws -> Node
    {
        let document = try await client.manifest(reference)
        var node = Node(kind: "manifest", descriptor: document.descriptor)
        switch document.content {
        case .image(let manifest):
            node.children.append(Node(kind: "config", descriptor: manifest.configuration))
            node.children += manifest.layers.map { Node(kind: "layer", descriptor: $0) }
        case .index(let index):
            for entry in index.manifests where depth < 4 {
                node.children.append(
                    try await read(reference.with(entry.digest), with: client, depth: depth + 1))
            }
        }
        // Referrers of referrers are followed too, as far as anybody nests them.
        guard depth < 4 else { return node }
        for referrer in try await client.referrers(of: document.digest, in: reference) {
            var child = try await read(reference.with(referrer.digest), with: client, depth: depth + 1)
            var kind = "referrer \(referrer.artifactType ?? "of unknown kind")"
            // What a bundle of sigstore says of the image.
            if let type = referrer.annotations["dev.sigstore.bundle.predicateType"] { kind += " (\(type))" }
            child = Node(kind: kind, descriptor: referrer, children: child.children)
            node.children.append(child)
        }
        return node
    }

    var value: Value {
        var object = Object()
        object["kind"] = .string(kind)
        object["descriptor"] = descriptor.value
        if !children.isEmpty { object["children"] = .array(children.map(\.value)) }
        return .object(object)
    }

    func text(_ indentation: String = "", isLast: Bool = true) -> String {
        let size = ImageSizeRule.megabytes(descriptor.size)
        var text = "\(indentation)\(isLast ? "└── " : "├── ")\(kind)  \(descriptor.digest)  \(size)"
        for (number, child) in children.enumerated() {
            let inner = indentation + (isLast ? "    " : "│   ")
            text += "\n" + child.text(inner, isLast: number == children.count - 1)
        }
        return text
    }
}
