import KubeModel
import Manifest

/// Values that steps and services share.
extension PipelineReader {
    /// `host`, or a reference with its digest.
    mutating func image(_ cursor: PipelineCursor) -> ImageSource? {
        guard let reference = nonEmptyText(cursor) else { return nil }
        if reference == "host" {
            if context.policy.allowsHostImage { return .host }
            report(.e302, at: cursor, "the image host is not allowed by this installation")
            return nil
        }
        if NameRules.tag(of: reference) == "latest" {
            report(
                .e303, at: cursor,
                "the image \(reference) has the tag latest, which means another image tomorrow",
                fix: "name a version and its digest")
        } else if !NameRules.isPinned(reference) {
            report(
                .e301, at: cursor, "the image \(reference) is not pinned",
                hint: "a tag can be moved to another image", fix: "write \(reference)@sha256:DIGEST, or host")
        }
        let registry = NameRules.registry(of: reference)
        if let allowed = context.policy.allowedRegistries, !allowed.contains(registry) {
            report(
                .e302, at: cursor, "images of \(registry) are not allowed",
                hint: "allowed: \(allowed.joined(separator: ", "))")
        }
        return .reference(reference)
    }

    mutating func timeout(_ cursor: PipelineCursor) -> Duration? {
        guard let duration = duration(cursor) else { return nil }
        let limit = context.policy.maximumTimeout
        guard duration > .zero, duration <= limit else {
            report(
                .e304, at: cursor,
                "the timeout \(cursor.node.scalarText) is not within the limit of \(DurationSyntax.write(limit))"
            )
            return nil
        }
        return duration
    }

    mutating func resources(_ cursor: PipelineCursor) -> StepResources {
        var result = StepResources()
        for entry in entries(cursor, known: ["cpu", "memory", "disk"]) {
            guard let text = nonEmptyText(entry.value) else { continue }
            guard let quantity = try? Quantity(text) else {
                report(
                    .e106, at: entry.value, "\(entry.name) is \"\(text)\", which is no quantity",
                    fix: entry.name == "cpu" ? "write 500m or \"2\"" : "write 512Mi or 4Gi")
                continue
            }
            let isOver: Bool
            switch entry.name {
            case "cpu":
                result.cpu = text
                isOver = quantity > Quantity(value: Int64(context.policy.maximumCPUMillis), scale: -3)
            case "memory":
                result.memory = text
                isOver = quantity > Quantity(Int64(context.policy.maximumMemory))
            default:
                result.disk = text
                isOver = false
            }
            if isOver || quantity <= .zero {
                report(
                    .e305, at: entry.value,
                    "\(entry.name) \(text) is not within the limit of the installation")
            }
        }
        return result
    }

    /// Variables with fixed texts.
    mutating func environment(_ cursor: PipelineCursor) -> [NameAndText] {
        var result: [NameAndText] = []
        for entry in entries(cursor, known: nil) {
            if let fault = NameRules.variableFault(entry.name) {
                report(.e320, at: entry.key, pointer: entry.value.pointer, fault, fix: "choose another name")
                continue
            }
            guard let text = environmentText(entry.value) else { continue }
            checkForSecrets(text, named: entry.name, at: entry.value)
            result.append(NameAndText(entry.name, text))
        }
        return result
    }

    /// A text, which may be empty.
    private mutating func environmentText(_ cursor: PipelineCursor) -> String? {
        if cursor.node.kind == .scalar, cursor.node.scalarText.isEmpty, cursor.node.style != .plain {
            return ""
        }
        return text(cursor)
    }

    /// A token of a known provider is a fault wherever it stands.
    mutating func checkForSecrets(_ text: String, named name: String, at cursor: PipelineCursor) {
        guard let kind = NameRules.plainSecret(in: text) else { return }
        report(
            .e321, at: cursor, "\(name) holds \(kind) in plain text",
            hint: "it is in the history of the repository now: revoke it",
            fix: "declare it under secrets: and name it in the step")
    }

    mutating func shell(_ cursor: PipelineCursor) -> String? {
        guard let shell = text(cursor) else { return nil }
        if shell == "sh" || shell == "bash" { return shell }
        report(.e313, at: cursor, "the shell \"\(shell)\" is not supported", fix: "write sh or bash")
        return nil
    }

    /// `user:group` in numbers.
    mutating func user(_ cursor: PipelineCursor) -> String? {
        guard let text = text(cursor) else { return nil }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        if parts.count == 2, parts.allSatisfy({ UInt32($0) != nil }) { return text }
        report(
            .e106, at: cursor, "user is \"\(text)\", which is not two numbers",
            fix: "write \"1000:1000\" in quotes")
        return nil
    }

    /// A path in the tree or the work copy.
    mutating func treePath(_ text: String, at cursor: PipelineCursor, code: DiagnosticCode = .e314) -> String?
    {
        if NameRules.isRelative(text) { return text }
        report(
            code, at: cursor, "\"\(text)\" leaves the tree",
            fix: "write a path below the root of the repository, without / at the start and without ..")
        return nil
    }
}
