public import Manifest

/// The one value of a file that says which image an environment runs.
public struct FieldTarget: Sendable, Hashable {
    /// Where in the file the value stands.
    public enum Place: Sendable, Hashable {
        /// `digest` of the entry of this name in a kustomization's `images`.
        case imageDigest(String)
        /// `newTag` of the entry.
        case imageTag(String)
        /// A path to any scalar.
        case path(YAMLPath)
    }

    /// The file's path from the repository's root.
    public var file: String
    /// Where in the file the value stands.
    public var place: Place

    /// A value of a file.
    public init(file: String, place: Place) {
        self.file = file
        self.place = place
    }
}

extension FieldTarget: CustomStringConvertible {
    /// The file and the field, as people find them.
    public var description: String {
        switch place {
        case .imageDigest(let name): "\(file) images[name=\(name)].digest"
        case .imageTag(let name): "\(file) images[name=\(name)].newTag"
        case .path(let path): "\(file) \(path)"
        }
    }
}

extension FieldTarget.Place {
    /// Where the value stands now, or would.
    var path: YAMLPath {
        switch self {
        case .imageDigest(let name): Self.entry(name).appending(.key("digest"))
        case .imageTag(let name): Self.entry(name).appending(.key("newTag"))
        case .path(let path): path
        }
    }

    static func entry(_ name: String) -> YAMLPath {
        YAMLPath(steps: [.key("images"), .item(key: "name", value: name)])
    }

    /// The value's text in a document; nil where there is none.
    ///
    /// - Throws: ``PromotionError`` with code `invalid` where something else than a text stands there.
    func text(in stream: YAMLStream) throws(PromotionError) -> String? {
        guard let document = stream.documents.first else { return nil }
        let node: YAMLNode
        do throws(ManifestError) {
            node = try document.node(at: path)
        } catch {
            guard error.code == .notFound else { throw PromotionError(.invalid, error.description) }
            return nil
        }
        guard node.kind == .scalar else {
            throw PromotionError(
                .invalid,
                "\(stream.file ?? "the file"):\(node.position.line): \(path) is no single value, so that no "
                    + "release can be promoted there; make it a text")
        }
        if node.isEmpty { return nil }
        let value = try? node.value()
        if value?.isNull == true { return nil }
        return node.scalarText
    }
}

extension YAMLPath {
    func appending(_ step: Step) -> YAMLPath { YAMLPath(steps: steps + [step]) }
}
