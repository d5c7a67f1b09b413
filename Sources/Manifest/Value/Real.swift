/// A finite number that is not a 64-bit integer, with the spelling it had in its document.
///
/// `1.50` is written back as `1.50` and `18446744073709551615` loses no digit. Numbers made in code carry
/// no spelling and are written in their shortest exact form.
public struct Real: Sendable {
    /// The nearest IEEE 754 double. Always finite.
    public let value: Double
    /// Boxed, so that a `Real` fits the 16 bytes a `Value` has for its payload; numbers that need it are rare.
    private let spelling: Spelling?

    private final class Spelling: Sendable {
        let text: String
        init(_ text: String) { self.text = text }
    }

    /// A number made in code.
    ///
    /// - Precondition: `value` is finite; JSON and YAML as Kubernetes reads it have no infinity and no NaN.
    public init(_ value: Double) {
        precondition(value.isFinite, "a manifest number must be finite")
        self.value = value
        self.spelling = nil
    }

    /// A number as it stands in a document.
    ///
    /// - Parameters:
    ///   - value: the nearest double, finite.
    ///   - text: the spelling in JSON's number grammar.
    public init(_ value: Double, spelled text: String) {
        precondition(value.isFinite, "a manifest number must be finite")
        self.value = value
        self.spelling = text == value.description ? nil : Spelling(text)
    }

    /// The number as it is written: the document's spelling, or the shortest exact decimal form.
    public var text: String {
        if let spelling { return spelling.text }
        return value.description
    }
}

extension Real: Hashable {
    /// Doubles compare by value; beyond 2^53, where several integers share one double, the spelling decides.
    public static func == (left: Real, right: Real) -> Bool {
        guard left.value == right.value else { return false }
        guard left.value.magnitude >= 0x1p53 else { return true }
        return left.text == right.text
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(value)
    }
}
