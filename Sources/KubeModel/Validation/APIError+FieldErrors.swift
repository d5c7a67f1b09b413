extension APIError {
    /// The object breaks rules; each error becomes a cause, in the order they were found.
    public static func invalid(_ kind: GroupKind, name: String, errors: [FieldError]) -> APIError {
        invalid(kind, name: name, causes: errors.map(APIStatus.Cause.init))
    }
}

extension APIStatus.Cause {
    /// A field error as a status reports it.
    public init(_ error: FieldError) {
        self.init(reason: error.reason.rawValue, message: error.message, field: error.field)
    }
}
