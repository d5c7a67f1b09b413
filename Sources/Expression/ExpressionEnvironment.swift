/// What an expression may look at: variables and the time.
public struct ExpressionEnvironment: Sendable {
    /// The values of variables; a variable that is missing here is `nil`.
    public private(set) var variables: [String: ExpressionValue] = [:]
    private(set) var types: [String: ExpressionType] = [:]
    /// The time that `now()` answers, as nanoseconds since 1970 in UTC.
    public var now: Int64

    /// Variables by name, and what `now()` answers: nanoseconds since 1970.
    public init(_ variables: [String: ExpressionValue] = [:], now: Int64 = 0) {
        self.now = now
        for (name, value) in variables { bind(name, to: value) }
    }

    /// Gives a variable its value.
    ///
    /// - Parameter type: What is known of the value beyond its kind, such as that all of a list are floats,
    ///   as in the answer to a Prometheus query. The more is known the more mistakes are found before
    ///   evaluation.
    public mutating func bind(
        _ name: String, to value: ExpressionValue, as type: ExpressionType? = nil
    ) {
        variables[name] = value
        types[name] = type ?? value.type
    }
}
