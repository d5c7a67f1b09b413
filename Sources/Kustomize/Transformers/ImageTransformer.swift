import KubeModel

/// Changes name, tag or digest of images.
struct ImageTransformer: Transformer {
    let image: ImageEntry
    let specs: [FieldSpec]

    func transform(_ resources: ResourceMap) throws(KustomizeError) {
        let matcher = try ImageMatcher(image.name)
        let index = FieldSpecIndex(specs)
        for resource in resources.resources where !resource.isEmpty {
            if resource.kind == "CustomResourceDefinition" { continue }
            // The containers of whatever has containers, then the fields of the specs; both, so that a suffix of a
            // tag is added twice, as upstream has it.
            try visitContainers(of: resource.node, matcher)
            for spec in index[resource.kind] {
                try spec.visit(resource) { (node) throws(KustomizeError) in try update(node, matcher) }
            }
        }
    }

    private func visitContainers(of node: Node, _ matcher: ImageMatcher) throws(KustomizeError) {
        switch node.kind {
        case .scalar: return
        case .sequence: for item in node.content { try visitContainers(of: item, matcher) }
        case .mapping:
            for (key, value) in node.fields {
                try visitContainers(of: value, matcher)
                guard key.text == "containers" || key.text == "initContainers", value.kind == .sequence else {
                    continue
                }
                for container in value.content where !container.isNull {
                    try container.expect(.mapping)
                    if let image = container.field("image") { try update(image, matcher) }
                }
            }
        }
    }

    private func update(_ node: Node, _ matcher: ImageMatcher) throws(KustomizeError) {
        try node.expect(.scalar)
        guard matcher.matches(node.text) else { return }
        var reference = ImageReference(node.text)
        if !image.newName.isEmpty { reference.name = image.newName }
        if !image.newTag.isEmpty || !image.digest.isEmpty {
            reference.tag = image.newTag
            reference.digest = image.digest
        } else if !image.tagSuffix.isEmpty {
            reference.tag += image.tagSuffix
            reference.digest = ""
        }
        try node.setScalar(.scalar(reference.description))
    }
}

/// Whether an image is the one a name means. The name is part of a regular expression, dots and all.
struct ImageMatcher {
    private let expression: RegularExpression
    /// A name that every match begins with, so that most images need no expression.
    private let literal: String?

    /// - Throws: `invalidKustomization`.
    init(_ name: String) throws(KustomizeError) {
        let special = Array(#"\.+*?()|[]{}^$"#.utf8)
        literal = name.utf8.contains(where: special.contains) ? nil : name
        do throws(RegularExpressionFault) {
            expression = try RegularExpression(
                "^\(name)(:[a-zA-Z0-9_.{}-]*)?(@sha256:[a-zA-Z0-9_.{}-]*)?$")
        } catch {
            throw KustomizeError(.invalidKustomization, "image name '\(name)': \(error.description)")
        }
    }

    func matches(_ image: String) -> Bool {
        if let literal {
            guard image.utf8.starts(with: literal.utf8) else { return false }
            if image.utf8.count == literal.utf8.count { return true }
        }
        return expression.matches(image)
    }
}

/// The parts of an image's name.
struct ImageReference {
    var name: String
    var tag = ""
    var digest = ""

    init(_ text: String) {
        // What is before the first slash may be a host with a port.
        var start = text.startIndex
        if let slash = text.firstIndex(of: "/"), slash > text.startIndex { start = slash }
        let colon = text[start...].firstIndex(of: ":")
        let at = text[start...].firstIndex(of: "@")
        switch (colon, at) {
        case (nil, nil): name = text
        case (let colon?, nil):
            name = String(text[..<colon])
            tag = Self.rest(text[colon...], without: ":")
        case (let colon?, let at?) where colon < at:
            name = String(text[..<colon])
            tag = Self.rest(text[colon..<at], without: ":")
            digest = Self.rest(text[at...], without: "@")
        case (_, let at?):
            name = String(text[..<at])
            digest = Self.rest(text[at...], without: "@")
        }
    }

    private static func rest(_ text: Substring, without mark: Character) -> String {
        String(text.first == mark ? text.dropFirst() : text)
    }

    var description: String {
        name + (tag.isEmpty ? "" : ":\(tag)") + (digest.isEmpty ? "" : "@\(digest)")
    }
}
