import KubeModel

/// The form of an answer that a client's `Accept` header asks for.
struct AnswerForm: Sendable, Hashable {
    enum Syntax: String, Sendable {
        case json = "application/json"
        case yaml = "application/yaml"
    }

    /// What is shown of the objects.
    enum Shape: Sendable, Hashable {
        case object
        /// A `meta.k8s.io/v1` Table.
        case table
        /// `PartialObjectMetadata`: names, labels and the like without spec and status.
        case partialMetadata
    }

    var syntax: Syntax
    var shape: Shape
    var isPretty: Bool

    static let json = AnswerForm(syntax: .json, shape: .object, isPretty: false)
}

/// Chooses the form of an answer and tells the form of a body, by media types.
enum ContentNegotiation {
    /// The media types of upstream's built-in kinds, which messages list.
    static let builtinTypes = ["application/json", "application/yaml", "application/vnd.kubernetes.protobuf"]
    /// The media types of custom resources.
    static let customTypes = ["application/json", "application/yaml"]

    /// Shapes an endpoint can give beside the object itself.
    struct Shapes: OptionSet, Sendable {
        let rawValue: UInt8
        static let table = Shapes(rawValue: 1)
        static let partialObject = Shapes(rawValue: 2)
        static let partialList = Shapes(rawValue: 4)
    }

    /// The form of the answer to a request.
    ///
    /// - Throws: `notAcceptable` where the client accepts none that the endpoint can give.
    static func answerForm(
        for request: APIRequest, shapes: Shapes, supported: [String] = builtinTypes
    ) throws(APIError) -> AnswerForm {
        let header = request.headers.values("accept").joined(separator: ",")
        var form = AnswerForm.json
        if !header.isEmpty {
            let clauses = MediaType.list(header).sorted { $0.quality > $1.quality }
            guard let chosen = clauses.lazy.compactMap({ accept($0, shapes: shapes) }).first else {
                throw .notAcceptable(supported: supported)
            }
            form = chosen
        }
        if !form.isPretty { form.isPretty = wantsPrettyText(request) }
        return form
    }

    private static func accept(_ clause: MediaType, shapes: Shapes) -> AnswerForm? {
        var form = AnswerForm.json
        switch (clause.type, clause.subtype) {
        case ("*", "*"), ("application", "*"), ("application", "json"): form.syntax = .json
        case ("application", "yaml"): form.syntax = .yaml
        default: return nil
        }
        if let pretty = clause.parameters["pretty"] { form.isPretty = pretty == "1" }
        guard let kind = clause.parameters["as"] else { return form }
        guard clause.parameters["g"] == "meta.k8s.io", ["v1", "v1beta1"].contains(clause.parameters["v"])
        else {
            return nil
        }
        switch kind {
        case "Table" where shapes.contains(.table): form.shape = .table
        case "PartialObjectMetadata" where shapes.contains(.partialObject): form.shape = .partialMetadata
        case "PartialObjectMetadataList" where shapes.contains(.partialList): form.shape = .partialMetadata
        default: return nil
        }
        return form
    }

    /// Text for people is indented: where they ask for it, or come with a browser or curl.
    private static func wantsPrettyText(_ request: APIRequest) -> Bool {
        if let pretty = request.parameter("pretty") { return QueryDecoder.boolean(pretty) }
        let agent = request.headers["user-agent"] ?? ""
        return ["curl", "Wget", "Mozilla/5.0"].contains { agent.hasPrefix($0) }
    }

    /// How a body is written.
    ///
    /// - Throws: `unsupportedMediaType` for what the server does not read. Without a header it is JSON.
    static func bodySyntax(
        of request: APIRequest, supported: [String] = builtinTypes
    ) throws(APIError) -> AnswerForm.Syntax {
        guard let header = request.headers["content-type"], !header.isEmpty else { return .json }
        guard let media = MediaType.list(header).first, let syntax = AnswerForm.Syntax(rawValue: media.name)
        else { throw .unsupportedMediaType(supported: supported) }
        return syntax
    }
}

/// One clause of an `Accept` or `Content-Type` header.
struct MediaType: Sendable, Hashable {
    let type: String
    let subtype: String
    /// By name in lower case.
    let parameters: [String: String]

    var name: String { "\(type)/\(subtype)" }
    var quality: Double { parameters["q"].flatMap(Double.init) ?? 1 }

    /// Reads a header; clauses that are no media type are left out.
    static func list(_ header: String) -> [MediaType] {
        header.split(separator: ",").compactMap { clause in
            let parts = clause.split(separator: ";").map(\.trimmingSpaces)
            guard let names = parts.first?.split(separator: "/", maxSplits: 1), names.count == 2 else {
                return nil
            }
            var parameters: [String: String] = [:]
            for part in parts.dropFirst() {
                let pair = part.split(separator: "=", maxSplits: 1)
                guard pair.count == 2 else { continue }
                parameters[pair[0].lowercased()] = pair[1].filter { $0 != "\"" }
            }
            return MediaType(
                type: names[0].lowercased(), subtype: names[1].lowercased(), parameters: parameters)
        }
    }
}

extension Substring {
    fileprivate var trimmingSpaces: Substring {
        var text = self
        while text.first == " " { text.removeFirst() }
        while text.last == " " { text.removeLast() }
        return text
    }
}
