import Crypto
import Manifest

extension PipelineFile {
    /// The most bytes of a pipeline file.
    public static let maximumSize = 256 << 10
    /// The most steps of all gates together.
    public static let maximumSteps = 200
    /// The most services.
    public static let maximumServices = 50
    /// The most secrets.
    public static let maximumSecrets = 200

    /// Reads and validates a pipeline file; every fault is told in one pass.
    ///
    /// - Parameters:
    ///   - name: what faults call the file.
    ///   - context: the limits of the installation, and the tree where there is one.
    public static func validate(
        _ bytes: [UInt8], name: String = ".slipway/pipeline.yaml",
        context: PipelineContext = PipelineContext()
    ) -> PipelineValidation {
        func failure(
            _ code: DiagnosticCode, _ message: String, at position: ManifestError.Position? = nil,
            fix: String? = nil
        ) -> PipelineValidation {
            let diagnostic = PipelineDiagnostic(
                code: code, weight: .error, file: name, line: position?.line ?? 1,
                column: position?.column ?? 1, pointer: "", message: message, fix: fix)
            return PipelineValidation(file: nil, diagnostics: [diagnostic])
        }
        guard bytes.count <= maximumSize else {
            return failure(
                .e101, "the file has \(bytes.count) bytes, more than the \(maximumSize) that are read",
                fix: "move scripts into files of the repository")
        }
        let stream: YAMLStream
        do {
            stream = try YAMLStream(bytes, file: nil, limits: .init(depth: 64, bytes: maximumSize))
        } catch {
            let code: DiagnosticCode = error.code == .encoding ? .e101 : .e102
            return failure(code, error.message, at: error.position)
        }
        guard let document = stream.documents.first, !document.root.isEmpty else {
            return failure(.e101, "the file is empty", fix: "begin with version: 1")
        }
        guard stream.documents.count == 1 else {
            return failure(
                .e102, "the file has \(stream.documents.count) YAML documents",
                at: stream.documents[1].root.position,
                fix: "keep one document and remove the --- lines")
        }
        var reader = PipelineReader(file: name, context: context)
        reader.checkLayout(PipelineCursor(document.root))
        // Reading follows aliases wherever they lead, so what they expand to is bounded first.
        if reader.aliasesExpandTooFar(document) { return reader.validation(of: nil) }
        var file = reader.pipeline(PipelineCursor(document.root))
        file?.digest = SHA256.hash(data: bytes).hexadecimal
        return reader.validation(of: file)
    }
}

extension PipelineReader {
    /// The result: the file where nothing refuses it, the faults in the order of the text.
    func validation(of file: PipelineFile?) -> PipelineValidation {
        let sorted = diagnostics.enumerated().sorted { left, right in
            let (one, other) = (left.element, right.element)
            return (one.line, one.column, left.offset) < (other.line, other.column, right.offset)
        }.map(\.element)
        let isRefused = sorted.contains { $0.weight == .error }
        return PipelineValidation(file: isRefused ? nil : file, diagnostics: sorted)
    }

    /// Finds tags of other people, and plain scalars that other tools read differently.
    mutating func checkLayout(_ cursor: PipelineCursor) {
        let node = cursor.node
        if let tag = node.tag, !Self.coreTags.contains(tag) {
            report(
                .e104, at: cursor, "\(cursor.name) has the tag \(tag), which nobody reads",
                fix: "remove the tag")
        }
        switch node.kind {
        case .scalar:
            guard node.style == .plain, PlainScalar.isAmbiguous(node.scalarText) else { return }
            report(
                .e109, at: cursor, "\(node.scalarText) is read differently by tools that follow YAML 1.1",
                hint: "on is true, 010 is 8 and 3.10 is 3.1 to them", fix: "write \"\(node.scalarText)\"")
        case .mapping:
            for (key, value) in node.entries {
                let name = key.target.scalarText
                if key.kind == .scalar, key.style == .plain, PlainScalar.isAmbiguous(name) {
                    report(
                        .e109, at: key, pointer: cursor.child(value, name).pointer,
                        "the key \(name) is read differently by tools that follow YAML 1.1",
                        fix: "write \"\(name)\" in quotes, or choose another name")
                }
                if value.kind != .alias { checkLayout(cursor.child(value, name)) }
            }
        case .sequence:
            for (index, item) in node.items.enumerated() where item.kind != .alias {
                checkLayout(cursor.child(item, String(index)))
            }
        case .alias: break
        }
    }

    /// Whether aliases add more than 1,000 values or 64 KiB of text.
    mutating func aliasesExpandTooFar(_ document: YAMLDocument) -> Bool {
        var budget = 20_000
        func count(_ node: YAMLNode, _ depth: Int) -> Bool {
            budget -= 1
            guard budget > 0, depth < 100 else { return false }
            let target = node.target
            switch target.kind {
            case .mapping:
                return target.entries.allSatisfy { count($0.key, depth + 1) && count($0.value, depth + 1) }
            case .sequence: return target.items.allSatisfy { count($0, depth + 1) }
            default: return true
            }
        }
        if count(document.root, 0) { return false }
        report(
            .e104, at: PipelineCursor(document.root),
            "the file holds more than 20,000 values, each alias counted as what it stands for",
            fix: "split the file, or write out what aliases repeat")
        return true
    }

    private static let coreTags: Set<String> = Set(
        ["str", "int", "float", "bool", "null", "map", "seq"].map { "tag:yaml.org,2002:\($0)" } + ["!"])
}

extension Sequence<UInt8> {
    /// The bytes as lower-case hexadecimal digits.
    var hexadecimal: String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        for byte in self {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }
}
