import KubeModel
import Manifest

/// Reads the object in a request's body, in the words of upstream's decoders where it cannot.
enum BodyReader {
    /// The largest body that is read.
    static let limit = 3 << 20

    /// An object as it was read, with what strict validation would refuse.
    struct Document: Sendable {
        var object: Value
        /// The paths of keys that were given twice.
        var duplicates: [String] = []
    }

    /// The object of a request, of a kind the caller knows.
    ///
    /// - Parameters:
    ///   - kind: the kind expected, for messages.
    ///   - supported: the media types that a refusal lists.
    /// - Throws: `unsupportedMediaType`, `requestEntityTooLarge`, or `badRequest` for malformed text.
    static func read(
        _ request: APIRequest, expecting kind: String,
        supported: [String] = ContentNegotiation.builtinTypes
    ) throws(APIError) -> Document {
        if let document = try protobufDocument(request, expecting: kind, supported: supported) {
            return document
        }
        let syntax = try ContentNegotiation.bodySyntax(of: request, supported: supported)
        return try parse(request.body, syntax, expecting: kind)
    }

    /// The object of a body in Kubernetes' protocol buffer encoding; nil for any other.
    private static func protobufDocument(
        _ request: APIRequest, expecting kind: String, supported: [String]
    ) throws(APIError) -> Document? {
        let header = request.headers["content-type"]?.prefix { $0 != ";" } ?? ""
        guard header == ProtobufObject.mediaType, supported.contains(ProtobufObject.mediaType) else {
            return nil
        }
        guard request.body.count <= limit else { throw .requestEntityTooLarge("limit is \(limit)") }
        do {
            return Document(object: try ProtobufObject.read(request.body))
        } catch {
            throw unrecognized(kind, "the body is no object in protobuf encoding", request.body)
        }
    }

    /// As ``read(_:expecting:supported:)``, for small objects whose duplicates do not matter.
    static func document(of request: APIRequest, expecting kind: String) throws(APIError) -> Value {
        try read(request, expecting: kind).object
    }

    /// Reads text in a known syntax.
    static func parse(
        _ body: [UInt8], _ syntax: AnswerForm.Syntax, expecting kind: String
    ) throws(APIError) -> Document {
        guard body.count <= limit else { throw .requestEntityTooLarge("limit is \(limit)") }
        var document = Document(object: .null)
        do throws(ManifestError) {
            switch syntax {
            case .json:
                document.object = try JSON.parse(
                    body, options: JSON.ReadOptions(), duplicates: &document.duplicates)
            case .yaml:
                document.object = try YAML.parse(body).first ?? .null
            }
        } catch {
            throw unrecognized(kind, fault(error, body, syntax), body)
        }
        guard case .object = document.object else {
            let found =
                document.object.isNull
                ? "Object 'Kind' is missing in '\(String(decoding: body, as: UTF8.self))'" : nil
            throw unrecognized(
                kind,
                found ?? "couldn't get version/kind; json parse error: json: cannot unmarshal "
                    + "\(goName(document.object)) into Go value of type struct { APIVersion string "
                    + "\"json:\\\"apiVersion,omitempty\\\"\"; Kind string \"json:\\\"kind,omitempty\\\"\" }",
                body)
        }
        return document
    }

    private static func fault(_ error: ManifestError, _ body: [UInt8], _ syntax: AnswerForm.Syntax) -> String
    {
        switch syntax {
        case .json:
            let text = GoJSONFault.message(of: body) ?? "exceeded max depth"
            return "couldn't get version/kind; json parse error: \(text)"
        case .yaml:
            let line = error.position.map { "line \($0.line): " } ?? ""
            return "yaml: \(line)\(error.message)"
        }
    }

    /// What a JSON type is called in messages of Go's decoder.
    private static func goName(_ value: Value) -> String {
        switch value {
        case .null: "null"
        case .bool: "bool"
        case .integer, .double: "number"
        case .string: "string"
        case .array: "array"
        case .object: "object"
        }
    }

    private static func unrecognized(_ kind: String, _ fault: String, _ body: [UInt8]) -> APIError {
        .badRequest(
            "the object provided is unrecognized (must be of type \(kind)): \(fault) (\(summary(body)))")
    }

    /// The start of a body: text where it looks like JSON, else hexadecimal.
    private static func summary(_ body: [UInt8]) -> String {
        guard let first = body.first else { return "<empty>" }
        let head = body.prefix(30)
        let text =
            first == UInt8(ascii: "{")
            ? String(decoding: head, as: UTF8.self)
            : head.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        return body.count > 30 ? text + " ..." : text
    }
}
