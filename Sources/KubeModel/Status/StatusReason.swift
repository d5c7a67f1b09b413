/// Why a request failed, in one word for programs (`metav1.StatusReason`).
public struct StatusReason: RawRepresentable, Sendable, Hashable {
    public let rawValue: String

    public init(rawValue: String) { self.rawValue = rawValue }

    /// No reason is given; the HTTP status must do.
    public static let unknown = StatusReason(rawValue: "")
    public static let unauthorized = StatusReason(rawValue: "Unauthorized")
    public static let forbidden = StatusReason(rawValue: "Forbidden")
    public static let notFound = StatusReason(rawValue: "NotFound")
    public static let alreadyExists = StatusReason(rawValue: "AlreadyExists")
    /// The object was changed in between, or another field manager owns a field.
    public static let conflict = StatusReason(rawValue: "Conflict")
    public static let gone = StatusReason(rawValue: "Gone")
    /// The object's content breaks a rule; the causes name the fields.
    public static let invalid = StatusReason(rawValue: "Invalid")
    /// The server could not finish for the moment; asking again is right.
    public static let serverTimeout = StatusReason(rawValue: "ServerTimeout")
    public static let storeReadError = StatusReason(rawValue: "StorageReadError")
    public static let timeout = StatusReason(rawValue: "Timeout")
    public static let tooManyRequests = StatusReason(rawValue: "TooManyRequests")
    public static let badRequest = StatusReason(rawValue: "BadRequest")
    public static let methodNotAllowed = StatusReason(rawValue: "MethodNotAllowed")
    public static let notAcceptable = StatusReason(rawValue: "NotAcceptable")
    public static let requestEntityTooLarge = StatusReason(rawValue: "RequestEntityTooLarge")
    public static let unsupportedMediaType = StatusReason(rawValue: "UnsupportedMediaType")
    public static let internalError = StatusReason(rawValue: "InternalError")
    /// The asked resource version or continue token is too old.
    public static let expired = StatusReason(rawValue: "Expired")
    public static let serviceUnavailable = StatusReason(rawValue: "ServiceUnavailable")

    /// The reasons that say more than the HTTP status beside them.
    static let known: Set<StatusReason> = [
        .unauthorized, .forbidden, .notFound, .alreadyExists, .conflict, .gone, .invalid, .serverTimeout,
        .storeReadError, .timeout, .tooManyRequests, .badRequest, .methodNotAllowed, .notAcceptable,
        .requestEntityTooLarge, .unsupportedMediaType, .internalError, .expired, .serviceUnavailable,
    ]
}
