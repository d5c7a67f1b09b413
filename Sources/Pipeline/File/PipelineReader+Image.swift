import Manifest

extension PipelineReader {
    private static let imageKeys = [
        "repository", "platforms", "base", "layers", "dockerfile", "target", "args", "entrypoint", "cmd",
        "user",
        "env", "workdir", "expose", "size", "verify", "secrets", "network",
    ]

    private static let imageRules = KeyRules.none
        .adding("tag", .e701, "an image has no tag of its own: the tag is the commit", "remove it")
        .adding("tags", .e701, "an image has no tags of its own: the tag is the commit", "remove it")
        .later("scan", "remove it; the dependencies are scanned in the security gate")

    /// The image of the `build` gate.
    ///
    /// - Parameter network: what the file's steps may reach where they say nothing.
    mutating func imageRecipe(
        _ cursor: PipelineCursor, steps: [PipelineStep], network: NetworkAccess
    ) -> ImageRecipe? {
        guard cursor.node.kind == .mapping else {
            report(.e106, at: cursor, "image must be a mapping, not \(cursor.kindDescription)")
            return nil
        }
        var fields: [String: PipelineCursor] = [:]
        for entry in entries(cursor, known: Self.imageKeys, rules: Self.imageRules) {
            fields[entry.name] = entry.value
        }
        var recipe = ImageRecipe(
            repository: repository(fields["repository"], cursor), build: .layers([]),
            user: imageUser(
                fields["user"], cursor, dockerfile: fields["dockerfile"], target: fields["target"]))
        if let platforms = fields["platforms"] { recipe.platforms = self.platforms(platforms) }
        if let secrets = fields["secrets"] {
            report(
                .e110, at: secrets, "secrets for the image are not supported yet",
                fix: "fetch what needs them in a step and copy its outputs")
        }
        switch (fields["layers"], fields["dockerfile"]) {
        case (let layers?, nil):
            recipe.build = .layers(self.layers(layers, steps: steps))
            recipe.base = base(fields["base"], cursor)
            for name in ["target", "args", "network"] {
                if let place = fields[name] { report(.e106, at: place, "\(name) belongs to dockerfile") }
            }
        case (nil, let dockerfile?):
            recipe.build = self.dockerfile(dockerfile, fields)
            checkNetwork(fields["network"], of: dockerfile, default: network)
        case (nil, nil):
            report(.e705, at: cursor, "the image has neither layers nor dockerfile", fix: "add layers:")
        case (_?, _?):
            report(.e705, at: cursor, "the image has both layers and dockerfile", fix: "keep one of them")
        }
        recipe.entrypoint = fields["entrypoint"].map { commandLine($0) } ?? []
        recipe.command = fields["cmd"].map { commandLine($0) } ?? []
        recipe.environment = fields["env"].map { environment($0) } ?? []
        recipe.workingDirectory = fields["workdir"].flatMap { nonEmptyText($0) }
        recipe.ports = fields["expose"].map { texts($0).map(\.0) } ?? []
        if let size = fields["size"] { readSizes(size, into: &recipe) }
        if let verify = fields["verify"] {
            readVerification(verify, into: &recipe)
        } else {
            report(
                .e713, at: cursor, "the image has no verify",
                hint: "an image that nobody has started is not known to start",
                fix: "add verify: { run: [/app/server, --selfcheck], timeout: 20s }")
        }
        return recipe
    }

    /// The `RUN` lines of a Dockerfile reach what the machine reaches; where a file promises less, it must say so.
    private mutating func checkNetwork(
        _ cursor: PipelineCursor?, of dockerfile: PipelineCursor, default network: NetworkAccess
    ) {
        let own = cursor.flatMap { self.network($0) }
        if own == .cell || (cursor == nil && network == .cell) { return }
        if cursor != nil, own == nil { return }
        report(
            .e110, at: cursor ?? dockerfile,
            "the RUN lines of a Dockerfile cannot be kept from the network yet",
            hint: "steps can: what they fetch and build is copied from outputs",
            fix: "fetch in a step and describe layers:, or write network: cell in image:")
    }

    private mutating func repository(_ cursor: PipelineCursor?, _ parent: PipelineCursor) -> String {
        guard let cursor else {
            report(
                .e702, at: parent, "the image has no repository",
                fix: "add repository: registry.example.com/shop/orders")
            return ""
        }
        guard let text = nonEmptyText(cursor) else { return "" }
        if NameRules.tag(of: text) != nil || text.contains("@") {
            report(
                .e702, at: cursor, "the repository \(text) has a tag or a digest", fix: "write the name alone"
            )
        } else if text.lowercased() != text || text.hasPrefix("/") || text.hasSuffix("/")
            || text.contains(" ")
        {
            report(
                .e702, at: cursor, "\"\(text)\" is no repository", hint: "lower case, parts separated by /")
        }
        return text
    }

    private mutating func imageUser(
        _ cursor: PipelineCursor?, _ parent: PipelineCursor, dockerfile: PipelineCursor?,
        target: PipelineCursor?
    ) -> String? {
        if let cursor {
            guard let text = text(cursor) else { return nil }
            if Dockerfile.isRoot(text) {
                report(.e709, at: cursor, "the image's user is root", fix: "write user: \"65532:65532\"")
            }
            return text
        }
        if let dockerfile {
            // Where there is no tree yet, the image that is built tells.
            guard let text = context.contents?(dockerfile.node.scalarText) else { return nil }
            switch Dockerfile(text).user(of: target?.node.scalarText) {
            case .some(let user) where !Dockerfile.isRoot(user): return nil
            case .some:
                report(
                    .e709, at: dockerfile, "the image's user is root",
                    fix: "write USER 65532:65532 in the Dockerfile, or user: \"65532:65532\"")
                return nil
            case nil: break
            }
        }
        report(
            .e709, at: parent, "the image has no user", hint: "it would run as root",
            fix: "add user: \"65532:65532\"")
        return nil
    }

    private mutating func platforms(_ cursor: PipelineCursor) -> [String] {
        let known = ["linux/amd64", "linux/arm64"]
        let named = texts(cursor)
        if named.count > 1 {
            report(
                .e110, at: cursor, "images for several platforms are not supported yet",
                fix: "name the one that is run")
        }
        return named.compactMap { platform, place in
            if known.contains(platform) { return platform }
            report(
                .e708, at: place, "images cannot be made for \"\(platform)\"",
                hint: "known: \(known.joined(separator: ", "))")
            return nil
        }
    }

    private mutating func base(_ cursor: PipelineCursor?, _ parent: PipelineCursor) -> String? {
        guard let cursor else {
            report(
                .e703, at: parent, "the image has no base",
                fix: "add base: scratch, or an image with its digest")
            return nil
        }
        guard let text = nonEmptyText(cursor) else { return nil }
        if text != "scratch", !NameRules.isPinned(text) {
            report(
                .e703, at: cursor, "the base \(text) is not pinned", fix: "write \(text)@sha256:DIGEST")
        }
        return text
    }

    private mutating func layers(_ cursor: PipelineCursor, steps: [PipelineStep]) -> [ImageRecipe.Layer] {
        guard cursor.node.kind == .sequence else {
            report(.e106, at: cursor, "layers must be a list, not \(cursor.kindDescription)")
            return []
        }
        if cursor.node.items.isEmpty { report(.e501, at: cursor, "layers is empty") }
        let outputs = Set(steps.flatMap(\.outputs).map(\.name))
        var destinations: Set<String> = []
        var result: [ImageRecipe.Layer] = []
        for (index, item) in cursor.node.items.enumerated() {
            let place = cursor.child(item, String(index))
            var layer = ImageRecipe.Layer(source: .path(""), destination: "")
            for entry in entries(place, known: ["from", "to", "mode"]) {
                guard let text = nonEmptyText(entry.value) else { continue }
                switch entry.name {
                case "from": layer.source = source(text, outputs: outputs, at: entry.value)
                case "to":
                    layer.destination = text
                    if !text.hasPrefix("/") || text.split(separator: "/").contains("..") {
                        report(.e314, at: entry.value, "to must be an absolute path without ..")
                    }
                    if !destinations.insert(text).inserted {
                        report(.e707, at: entry.value, "two layers write \(text)", fix: "choose another path")
                    }
                default:
                    layer.mode = Int(text, radix: 8)
                    if layer.mode.map({ $0 > 0o7777 }) ?? true {
                        report(.e106, at: entry.value, "mode is \"\(text)\"", fix: "write \"0755\" in quotes")
                    }
                }
            }
            if layer.source == .path("") { report(.e106, at: place, "the layer has no from") }
            if layer.destination.isEmpty { report(.e106, at: place, "the layer has no to") }
            result.append(layer)
        }
        return result
    }

    private mutating func source(
        _ text: String, outputs: Set<String>, at cursor: PipelineCursor
    ) -> ImageRecipe.Layer.Source {
        if text.hasPrefix("outputs.") {
            let name = String(text.dropFirst("outputs.".count))
            if !outputs.contains(name) {
                let nearest = NameSuggestion.nearest(to: name, among: outputs.sorted())
                report(
                    .e317, at: cursor, "no required step makes the output \"\(name)\"",
                    hint: nearest.map { "did you mean \"\($0)\"?" })
            }
            return .output(name)
        }
        guard let path = treePath(text, at: cursor) else { return .path("-") }
        if let exists = context.exists, !exists(path) {
            report(.e706, at: cursor, "\(path) does not exist in the tree")
        }
        return .path(path)
    }

    private mutating func commandLine(_ cursor: PipelineCursor) -> [String] {
        if cursor.node.kind == .scalar {
            report(
                .e711, at: cursor, "\(cursor.name) is a line for a shell",
                hint: "a shell between would keep signals from the program",
                fix: "write a list: [/app/server, --port, \"8080\"]")
            return []
        }
        return texts(cursor).map(\.0)
    }

    private mutating func readSizes(_ cursor: PipelineCursor, into recipe: inout ImageRecipe) {
        let rules = KeyRules.none
            .later("estargz_above", "remove it; layers are gzip")
            .later("prioritize", "remove it")
        for entry in entries(cursor, known: ["max"], rules: rules) {
            guard let text = text(entry.value) else { continue }
            guard let size = SizeSyntax.parse(text) else {
                report(
                    .e106, at: entry.value, "\(entry.name) is \"\(text)\", which is no size",
                    fix: "write 200MB")
                continue
            }
            recipe.maximumSize = size
            let limit = context.policy.maximumImageSize
            if size > limit {
                report(
                    .e710, at: entry.value,
                    "\(text) is more than the \(limit / 1_000_000)MB that are allowed",
                    fix: "write \(limit / 1_000_000)MB or less")
            }
        }
    }

    private mutating func readVerification(_ cursor: PipelineCursor, into recipe: inout ImageRecipe) {
        for entry in entries(cursor, known: ["run", "timeout"]) {
            if entry.name == "run" {
                recipe.verify = commandLine(entry.value)
            } else {
                recipe.verifyTimeout = timeout(entry.value) ?? recipe.verifyTimeout
            }
        }
        if recipe.verify.isEmpty { report(.e713, at: cursor, "verify runs nothing", fix: "add run: [...]") }
    }
}

/// Sizes as pipeline files write them: `200MB` is 200,000,000 bytes, `1GiB` is 2^30.
enum SizeSyntax {
    static func parse(_ text: String) -> Int? {
        let units: [(suffix: String, bytes: Int)] = [
            ("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30), ("kB", 1_000), ("KB", 1_000),
            ("MB", 1_000_000), ("GB", 1_000_000_000), ("B", 1),
        ]
        for unit in units where text.hasSuffix(unit.suffix) {
            guard let count = Int(text.dropLast(unit.suffix.count)), count >= 0 else { return nil }
            let (bytes, overflow) = count.multipliedReportingOverflow(by: unit.bytes)
            return overflow ? nil : bytes
        }
        return nil
    }
}
