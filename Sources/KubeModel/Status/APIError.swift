/// A failed request: what a server throws to answer with a failure, and what a client throws on reading one.
public struct APIError: Error, Sendable, Hashable {
    /// The failure as it stands in the answer.
    public var status: APIStatus

    public init(_ status: APIStatus) { self.status = status }

    /// The explanation for people.
    public var message: String { status.message }
    public var reason: StatusReason { status.reason }
    /// The HTTP status.
    public var code: Int { status.code }

    /// Whether the failure is for this reason: it says so or, where it gives no known reason, its HTTP status
    /// means so.
    public func isFailure(_ reason: StatusReason) -> Bool {
        if status.reason == reason { return true }
        // For these two the HTTP status counts whatever reason stands beside it, as upstream has it.
        if reason == .tooManyRequests || reason == .requestEntityTooLarge {
            return Self.meaning[status.code] == reason
        }
        guard !StatusReason.known.contains(status.reason) else { return false }
        return Self.meaning[status.code] == reason
    }

    public var isNotFound: Bool { isFailure(.notFound) }
    public var isAlreadyExists: Bool { isFailure(.alreadyExists) }
    public var isConflict: Bool { isFailure(.conflict) }
    /// Whether a resource version or continue token was too old, so that the reader must list anew.
    public var isExpired: Bool { isFailure(.expired) || isFailure(.gone) }

    /// How long the server asks its client to wait before asking again; nil where it asks for nothing.
    public var retryAfter: Duration? {
        guard let seconds = status.details?.retryAfterSeconds, seconds > 0 else { return nil }
        return .seconds(seconds)
    }

    /// The reasons that an HTTP status alone conveys.
    private static let meaning: [Int: StatusReason] = [
        400: .badRequest, 401: .unauthorized, 403: .forbidden, 404: .notFound, 405: .methodNotAllowed,
        406: .notAcceptable, 409: .conflict, 410: .gone, 413: .requestEntityTooLarge,
        415: .unsupportedMediaType, 422: .invalid, 429: .tooManyRequests, 500: .internalError,
        503: .serviceUnavailable, 504: .timeout,
    ]
}

extension APIError: CustomStringConvertible {
    public var description: String { status.message }
}
