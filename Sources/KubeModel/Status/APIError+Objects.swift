// Failures that concern an object or a resource, worded as k8s.io/apimachinery/pkg/api/errors words them.

extension APIError {
    private init(
        _ code: Int, _ reason: StatusReason, _ message: String, _ details: APIStatus.Details? = nil
    ) {
        self.init(APIStatus(.failure, code: code, reason: reason, message: message, details: details))
    }

    /// There is no object of that name.
    public static func notFound(_ resource: GroupResource, name: String) -> APIError {
        APIError(
            404, .notFound, "\(resource) \(GoFormat.quoted(name)) not found",
            APIStatus.Details(resource, name: name))
    }

    /// An object of that name exists, so that none can be created.
    public static func alreadyExists(_ resource: GroupResource, name: String) -> APIError {
        APIError(
            409, .alreadyExists, "\(resource) \(GoFormat.quoted(name)) already exists",
            APIStatus.Details(resource, name: name))
    }

    /// The names tried for an object with `generateName` were all taken.
    public static func generatedNameExists(
        _ resource: GroupResource, name: String, retryAfterSeconds: Int
    ) -> APIError {
        APIError(
            409, .alreadyExists,
            "\(resource) \(GoFormat.quoted(name)) already exists, the server was not able to generate a unique "
                + "name for the object",
            APIStatus.Details(resource, name: name, retryAfterSeconds: retryAfterSeconds))
    }

    /// The object cannot be changed as asked, for the reason given.
    public static func conflict(_ resource: GroupResource, name: String, _ reason: String) -> APIError {
        APIError(
            409, .conflict,
            "Operation cannot be fulfilled on \(resource) \(GoFormat.quoted(name)): \(reason)",
            APIStatus.Details(resource, name: name))
    }

    /// The object was changed since the client read it.
    public static func modified(_ resource: GroupResource, name: String) -> APIError {
        conflict(
            resource, name: name,
            "the object has been modified; please apply your changes to the latest version and try again")
    }

    /// Other field managers own fields that an apply sets to other values; one cause a field.
    public static func applyConflict(_ message: String, causes: [APIStatus.Cause]) -> APIError {
        APIError(409, .conflict, message, APIStatus.Details(causes: causes))
    }

    /// The caller may not do this, for the reason given.
    ///
    /// - Parameter resource: an empty one for requests that concern no resource.
    public static func forbidden(_ resource: GroupResource, name: String, _ reason: String) -> APIError {
        let subject: String
        if resource.isEmpty {
            subject = "forbidden"
        } else if name.isEmpty {
            subject = "\(resource) is forbidden"
        } else {
            subject = "\(resource) \(GoFormat.quoted(name)) is forbidden"
        }
        return APIError(403, .forbidden, "\(subject): \(reason)", APIStatus.Details(resource, name: name))
    }

    /// The object breaks rules; the causes are the field errors in the order they were found.
    ///
    /// The message repeats each error once, in brackets where there are several.
    public static func invalid(_ kind: GroupKind, name: String, causes: [APIStatus.Cause]) -> APIError {
        var errors: [String] = []
        for cause in causes {
            let text = "\(cause.field): \(cause.message)"
            if !errors.contains(text) { errors.append(text) }
        }
        var message = "\(kind) \(GoFormat.quoted(name)) is invalid"
        switch errors.count {
        case 0: break
        case 1: message += ": \(errors[0])"
        default: message += ": [\(errors.joined(separator: ", "))]"
        }
        let details = APIStatus.Details(name: name, group: kind.group, kind: kind.kind, causes: causes)
        return APIError(422, .invalid, message, details)
    }

    /// The resource does not know the verb.
    public static func methodNotSupported(_ resource: GroupResource, action: String) -> APIError {
        APIError(
            405, .methodNotAllowed,
            "\(action) is not supported on resources of kind \(GoFormat.quoted(resource.description))",
            APIStatus.Details(resource))
    }

    /// The server could not finish for the moment; the client should ask again.
    public static func serverTimeout(
        _ resource: GroupResource, operation: String, retryAfterSeconds: Int
    ) -> APIError {
        APIError(
            500, .serverTimeout,
            "The \(operation) operation against \(resource) could not be completed at this time, "
                + "please try again.",
            APIStatus.Details(resource, name: operation, retryAfterSeconds: retryAfterSeconds))
    }
}
