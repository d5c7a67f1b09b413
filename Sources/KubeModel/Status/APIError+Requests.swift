// Failures that concern the request itself, worded as k8s.io/apimachinery/pkg/api/errors words them.

extension APIError {
    private init(
        _ code: Int, _ reason: StatusReason, _ message: String, _ details: APIStatus.Details? = nil
    ) {
        self.init(APIStatus(.failure, code: code, reason: reason, message: message, details: details))
    }

    /// The request makes no sense, for the reason given.
    public static func badRequest(_ message: String) -> APIError { APIError(400, .badRequest, message) }

    /// The caller has not proved who it is.
    public static func unauthorized(_ message: String = "") -> APIError {
        APIError(401, .unauthorized, message.isEmpty ? "not authorized" : message)
    }

    /// The thing is gone and nothing stands in its place.
    public static func gone(_ message: String) -> APIError { APIError(410, .gone, message) }

    /// The asked state is no longer kept: a resource version or continue token is too old.
    public static func expired(_ message: String) -> APIError { APIError(410, .expired, message) }

    /// The server is busy; the client should ask again after some seconds.
    public static func tooManyRequests(_ message: String, retryAfterSeconds: Int) -> APIError {
        APIError(
            429, .tooManyRequests, message, APIStatus.Details(retryAfterSeconds: retryAfterSeconds))
    }

    /// The server is busy and gives no advice when to come back.
    public static func tooManyRequests(_ message: String) -> APIError {
        APIError(429, .tooManyRequests, "Too many requests: \(message)")
    }

    /// A part of the server is not there at the moment.
    public static func serviceUnavailable(_ message: String) -> APIError {
        APIError(503, .serviceUnavailable, message)
    }

    /// The request took longer than it may; it can still take effect.
    public static func timeout(_ message: String, retryAfterSeconds: Int) -> APIError {
        APIError(
            504, .timeout, "Timeout: \(message)", APIStatus.Details(retryAfterSeconds: retryAfterSeconds))
    }

    /// The body, or what it asks for, exceeds a limit.
    public static func requestEntityTooLarge(_ message: String) -> APIError {
        APIError(413, .requestEntityTooLarge, "Request entity too large: \(message)")
    }

    /// No representation of the answer is one that the client accepts.
    ///
    /// - Parameter supported: the media types the server can send, in its order.
    public static func notAcceptable(supported: [String]) -> APIError {
        APIError(
            406, .notAcceptable,
            "only the following media types are accepted: \(supported.joined(separator: ", "))")
    }

    /// The body is of a media type that the server cannot read.
    ///
    /// - Parameter supported: the media types the server can read, in its order.
    public static func unsupportedMediaType(supported: [String]) -> APIError {
        APIError(
            415, .unsupportedMediaType,
            "the body of the request was in an unknown format - accepted media types include: "
                + supported.joined(separator: ", "))
    }

    /// Something failed inside the server.
    public static func internalError(_ message: String) -> APIError {
        APIError(
            500, .internalError, "Internal error occurred: \(message)",
            APIStatus.Details(causes: [APIStatus.Cause(message: message)]))
    }

    /// A failure that the server passes on as it is, without a reason, such as one of its storage.
    public static func plain(_ message: String) -> APIError { APIError(500, .unknown, message) }
}
