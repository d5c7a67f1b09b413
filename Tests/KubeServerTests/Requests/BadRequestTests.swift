import ClusterTestSupport
import KubeModel
import KubeServer
import Manifest
import Testing

/// Requests that cannot be carried out, and the `Status` each is answered with.
@Suite struct BadRequestTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let request: APIRequest
        let status: Int
        /// What the message contains.
        let message: String
        var reason = "BadRequest"

        init(
            _ method: APIRequest.Method, _ target: String, type: String? = nil, accept: String? = nil,
            body: String = "", _ status: Int, _ message: String, reason: String = "BadRequest"
        ) {
            let parts = target.split(separator: "?", maxSplits: 1)
            let query = (parts.count < 2 ? "" : parts[1]).split(separator: "&").map { pair in
                let words = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                return APIRequest.Parameter(String(words[0]), words.count > 1 ? String(words[1]) : "")
            }
            request = APIRequest(
                method, String(parts[0]), query: query,
                headers: ["Content-Type": type ?? "application/json", "Accept": accept ?? "*/*"],
                body: Array(body.utf8))
            self.status = status
            self.message = message
            self.reason = reason
        }

        var testDescription: String { "\(request.method) \(request.path) \(request.query) \(status)" }
    }

    private static let maps = "/api/v1/namespaces/default/configmaps"
    private static let merge = "application/merge-patch+json"

    private static let apply = "application/apply-patch+yaml"

    private static func configMap(_ metadata: String) -> String {
        #"{"apiVersion":"v1","kind":"ConfigMap","metadata":"# + metadata + "}"
    }

    /// A service of one port with what else its spec says.
    private static func service(_ spec: String, _ message: String) -> Case {
        Case(
            .post, "/api/v1/namespaces/default/services",
            body: #"{"metadata":{"name":"s"},"spec":{"ports":[{"port":80}],"# + spec.dropFirst() + "}",
            422, message, reason: "Invalid")
    }

    static let queries: [Case] = [
        Case(.get, "\(maps)?limit=abc", 400, "strconv.ParseInt: parsing \"abc\": invalid syntax"),
        Case(.get, "\(maps)?limit=99999999999999999999", 400, "value out of range"),
        Case(
            .get, "\(maps)?watch=1&timeoutSeconds=x", 400, "strconv.ParseInt: parsing \"x\": invalid syntax"),
        Case(.get, "\(maps)?labelSelector=a in b", 400, "unable to parse requirement"),
        Case(.get, "\(maps)?fieldSelector=a", 400, "invalid selector: 'a'; can't understand 'a'"),
        Case(.get, "\(maps)?fieldSelector=spec.x=1", 400, "\"spec.x\" is not a known field selector"),
        Case(.get, "\(maps)?resourceVersion=abc", 500, "strconv.ParseUint: parsing \"abc\"", reason: ""),
        Case(
            .get, "\(maps)?resourceVersion=99999999", 504,
            "Timeout: Too large resource version: 99999999, current: ",
            reason: "Timeout"),
        Case(
            .get, "\(maps)?resourceVersionMatch=Exact", 422,
            "resourceVersionMatch is forbidden unless resourceVersion is provided", reason: "Invalid"),
        Case(
            .get, "\(maps)?sendInitialEvents=true", 422, "sendInitialEvents is forbidden for list",
            reason: "Invalid"),
        Case(
            .get, "\(maps)?watch=1&sendInitialEvents=true", 422,
            "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan", reason: "Invalid"),
        Case(.get, "\(maps)?limit=1&continue=!", 400, "illegal base64 data at input byte 0"),
        Case(
            .get, "\(maps)?limit=1&continue=e30", 400, "server does not recognize this encoded version \"\""),
        Case(
            .delete, "\(maps)/x?propagationPolicy=Sideways", 422, "Unsupported value: \"Sideways\"",
            reason: "Invalid"),
        Case(.delete, "\(maps)/x?gracePeriodSeconds=soon", 400, "strconv.ParseInt: parsing \"soon\""),
        Case(
            .post, "\(maps)?fieldValidation=Loud", body: "{}", 422,
            "fieldValidation: Unsupported value: \"Loud\"",
            reason: "Invalid"),
        Case(
            .patch, "\(maps)/x?force=true", type: merge, body: "{}", 422,
            "force: Forbidden: may not be specified for non-apply patch", reason: "Invalid"),
    ]

    static let bodies: [Case] = [
        Case(.post, maps, body: "", 400, "<empty>"),
        Case(.post, maps, body: "[1]", 400, "(5b315d)"),
        Case(.post, maps, body: "nonsense", 400, "invalid character 'o' in literal null (expecting 'u')"),
        Case(.post, maps, body: "{\"a\":1", 400, "unexpected end of JSON input"),
        Case(.post, maps, body: String(repeating: "[", count: 100_000), 400, "exceeded max depth"),
        Case(
            .post, maps, body: String(repeating: " ", count: 3 << 20) + "{}", 413, "limit is 3145728",
            reason: "RequestEntityTooLarge"),
        Case(
            .post, maps, body: "{\"kind\":\"Nope\",\"apiVersion\":\"v1\",\"metadata\":{\"name\":\"x\"}}", 400,
            "no kind \"Nope\" is registered for version \"v1\""),
        Case(
            .post, maps, body: "{\"metadata\":{\"name\":\"x\"},\"data\":{\"a\":1}}", 400,
            "json: cannot unmarshal number into Go struct field ConfigMap.data of type string"),
        Case(
            .post, "\(maps)?fieldValidation=Strict", body: "{\"metadata\":{\"name\":\"x\"},\"dat\":{}}", 400,
            "strict decoding error: unknown field \"dat\""),
        Case(
            .post, "\(maps)?fieldValidation=Strict", body: "{\"metadata\":{\"name\":\"x\",\"name\":\"y\"}}",
            400,
            "strict decoding error: duplicate field \"metadata.name\""),
        Case(
            .post, maps, type: "text/html", body: "k8s", 415,
            "the body of the request was in an unknown format",
            reason: "UnsupportedMediaType"),
        Case(.put, "\(maps)/x", body: "{\"metadata\":{}}", 400, "name must be provided"),
        Case(
            .put, "\(maps)/x", body: "{\"metadata\":{\"name\":\"x\",\"namespace\":\"other\"}}", 400,
            "the namespace of the provided object does not match the namespace sent on the request"),
        Case(
            .patch, "\(maps)/x?fieldManager=m", type: apply, body: configMap(#"{"namespace":"other"}"#), 400,
            "the namespace of the provided object does not match the namespace sent on the request"),
        Case(
            .patch, "\(maps)/x?fieldManager=m", type: apply, body: configMap("{}"), 400,
            "name must be provided"),
        Case(
            .patch, "\(maps)/x?fieldManager=m", type: apply, body: configMap(#"{"name":"x","uid":"u"}"#), 409,
            "uid mismatch: the provided object specified uid u, and no existing object was found",
            reason: "Conflict"),
        service(
            #"{"ipFamilies":["IPv6"]}"#,
            #"spec.ipFamilies[0]: Invalid value: "IPv6": not configured on this cluster"#),
        service(
            #"{"ipFamilyPolicy":"RequireDualStack"}"#,
            "\"RequireDualStack\": this cluster is not configured for dual-stack services"),
        service(
            #"{"ipFamilyPolicy":"SingleStack","ipFamilies":["IPv4","IPv6"]}"#,
            "must be RequireDualStack or PreferDualStack when multiple IP families are specified"),
        Case(.delete, "\(maps)/x", body: "{", 400, "unexpected end of JSON input"),
        Case(.patch, "\(maps)/kube-root", type: merge, body: "{", 400, "error decoding patch"),
    ]

    static let addresses: [Case] = [
        Case(
            .get, maps, accept: "application/vnd.kubernetes.protobuf", 406,
            "only the following media types are accepted", reason: "NotAcceptable"),
        Case(
            .put, maps, body: "{}", 405, "the server does not allow this method on the requested resource",
            reason: "MethodNotAllowed"),
        Case(
            .post, "\(maps)/x", body: "{}", 405, "the server does not allow this method",
            reason: "MethodNotAllowed"),
        Case(
            .options, maps, 405, "the server does not allow this method", reason: "MethodNotAllowed"),
        Case(
            .get, "/api/v1/namespaces/default/nodes", 404, "the server could not find the requested resource",
            reason: "NotFound"),
        Case(.get, "/api/v1/%zz", 400, "not properly escaped"),
        Case(
            .get, "/api/v1/namespaces/default/pods/none/log", 404, "pods \"none\" not found",
            reason: "NotFound"),
        Case(
            .delete, "/api/v1/namespaces/default", 403, "this namespace may not be deleted",
            reason: "Forbidden"),
    ]

    @Test(arguments: queries + bodies + addresses)
    func `a bad request is refused with a Status`(_ item: Case) async throws {
        let server = try await APIServer.open(.testing)
        let response = await server.handle(item.request, as: .server)
        guard case .bytes(let bytes) = response.body else {
            Issue.record("a stream answers a bad request")
            return
        }
        let status = try JSON.parse(bytes)
        #expect(response.status == item.status)
        #expect(status.kind == "Status")
        let message = status["message"]?.stringValue ?? ""
        #expect(message.contains(item.message), "\(message)")
        #expect(status["reason"]?.stringValue ?? "" == item.reason)
        try server.close()
    }
}
