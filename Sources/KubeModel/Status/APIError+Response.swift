public import Manifest

extension APIError {
    /// What a client makes of an answer with a failing HTTP status.
    ///
    /// A `Status` object in the body is taken as it is. Proxies and plain handlers answer otherwise; the
    /// failure is then told from the HTTP status, with the text of the body kept as a cause.
    /// - Parameters:
    ///   - code: the HTTP status.
    ///   - body: the body, read as JSON; nil where it is none.
    ///   - text: the body as text; nil where its media type is no text.
    ///   - verb: the HTTP method.
    ///   - resource: the resource of the request; an empty one where it has none.
    ///   - retryAfterSeconds: the `Retry-After` header, 0 where it is missing.
    public static func response(
        code: Int, body: Value?, text: String?, verb: String, resource: GroupResource, name: String,
        retryAfterSeconds: Int = 0
    ) -> APIError {
        if let body, var status = APIStatus(body), status.outcome != .success {
            if status.code == 0 { status.code = code }
            return APIError(status)
        }
        return generic(
            code: code, verb: verb, resource: resource, name: name,
            serverMessage: text.map(trimmed) ?? "unknown", retryAfterSeconds: retryAfterSeconds,
            isUnexpectedResponse: true)
    }

    /// The failure that an HTTP status alone conveys (`NewGenericServerResponse`).
    ///
    /// Servers use it too: a JSON patch that does not apply is answered with the generic text of 422.
    /// - Parameters:
    ///   - serverMessage: what the server said; used for the statuses where its words are all there is.
    ///   - isUnexpectedResponse: whether `serverMessage` is kept as a cause.
    public static func generic(
        code: Int, verb: String = "", resource: GroupResource = GroupResource(resource: ""),
        name: String = "",
        serverMessage: String = "", retryAfterSeconds: Int = 0, isUnexpectedResponse: Bool = false
    ) -> APIError {
        let (reason, text) = wording(code: code, verb: verb, serverMessage: serverMessage)
        var message = text
        if !resource.isEmpty {
            message += " (\(verb.lowercased()) \(resource)\(name.isEmpty ? "" : " " + name))"
        }
        let causes =
            isUnexpectedResponse
            ? [APIStatus.Cause(reason: "UnexpectedServerResponse", message: serverMessage)] : []
        return APIError(
            APIStatus(
                .failure, code: code, reason: reason, message: message,
                details: APIStatus.Details(
                    resource, name: name, causes: causes, retryAfterSeconds: retryAfterSeconds)))
    }

    private static func wording(
        code: Int, verb: String, serverMessage: String
    ) -> (reason: StatusReason, message: String) {
        switch code {
        case 400: return (.badRequest, "the server rejected our request for an unknown reason")
        case 401: return (.unauthorized, "the server has asked for the client to provide credentials")
        case 403: return (.forbidden, serverMessage)
        case 404: return (.notFound, "the server could not find the requested resource")
        case 405:
            return (.methodNotAllowed, "the server does not allow this method on the requested resource")
        case 406:
            let isSilent = serverMessage.isEmpty || serverMessage == "unknown"
            return (
                .notAcceptable,
                isSilent
                    ? "the server was unable to respond with a content type that the client supports"
                    : serverMessage
            )
        case 409: return (verb == "POST" ? .alreadyExists : .conflict, "the server reported a conflict")
        case 415: return (.unsupportedMediaType, serverMessage)
        case 422: return (.invalid, "the server rejected our request due to an error in our request")
        case 429:
            return (
                .tooManyRequests,
                "the server has received too many requests and has asked us to try again later"
            )
        case 503: return (.serviceUnavailable, "the server is currently unable to handle the request")
        case 504:
            return (
                .timeout,
                "the server was unable to return a response in the time allotted, but may still be processing "
                    + "the request"
            )
        case 500...:
            return (
                .internalError,
                "an error on the server (\(GoFormat.quoted(serverMessage))) has prevented the request from "
                    + "succeeding"
            )
        default:
            return (
                .unknown,
                "the server responded with the status code \(code) but did not return more information"
            )
        }
    }

    private static func trimmed(_ text: String) -> String {
        let scalars = text.unicodeScalars
        guard let first = scalars.firstIndex(where: { !$0.properties.isWhitespace }),
            let last = scalars.lastIndex(where: { !$0.properties.isWhitespace })
        else { return "" }
        return String(scalars[first...last])
    }
}
