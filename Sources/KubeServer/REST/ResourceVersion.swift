import KubeModel

/// The `resourceVersion` a client sends: a revision of the store, or no demand.
enum ResourceVersion: Sendable, Hashable {
    /// Not given: the newest state.
    case unset
    /// `0`: any state will do.
    case any
    case revision(UInt64)

    /// Reads the parameter.
    ///
    /// - Throws: what upstream's storage answers to text that is no number: a failure without a reason.
    init(_ text: String) throws(APIError) {
        if text.isEmpty {
            self = .unset
        } else if let number = UInt64(text), !text.hasPrefix("+") {
            self = number == 0 ? .any : .revision(number)
        } else {
            let digits = text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            throw .plain(
                "resourceVersion: Invalid value: \(GoFormat.quoted(text)): strconv.ParseUint: parsing "
                    + "\(GoFormat.quoted(text)): \(digits ? "value out of range" : "invalid syntax")")
        }
    }
}

extension APIError {
    /// The client asks for a state that the store has not reached.
    static func tooLargeResourceVersion(_ wanted: UInt64, current: UInt64) -> APIError {
        var error = APIError.timeout(
            "Too large resource version: \(wanted), current: \(current)", retryAfterSeconds: 1)
        error.status.details?.causes = [
            APIStatus.Cause(reason: "ResourceVersionTooLarge", message: "Too large resource version")
        ]
        return error
    }
}
