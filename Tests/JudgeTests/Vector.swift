import Manifest
import Testing

/// A recorded computation: its input, and what independent implementations made of it.
struct Vector: Sendable, CustomTestStringConvertible {
    let id: String
    let kind: String
    let input: Fields
    let expected: Fields
    /// By how much numbers may differ; 0 for not at all.
    let tolerance: Double

    var testDescription: String { "\(kind) \(id)" }

    init(_ value: Value) throws {
        let fields = Fields(value)
        id = try fields.text("id")
        kind = try fields.text("kind")
        input = try fields.fields("input")
        expected = try fields.fields("expected")
        tolerance = try fields.number("tol")
    }
}

/// The fields of an object of a vector.
struct Fields: Sendable {
    private let value: Value

    struct Missing: Error { let name: String }

    init(_ value: Value) { self.value = value }

    subscript(name: String) -> Value? {
        guard case .object(let object) = value else { return nil }
        return object[name]
    }

    var names: [String] {
        guard case .object(let object) = value else { return [] }
        return Array(object.keys)
    }

    func has(_ name: String) -> Bool { self[name] != nil }

    func fields(_ name: String) throws -> Fields {
        guard let field = self[name] else { throw Missing(name: name) }
        return Fields(field)
    }

    func number(_ name: String) throws -> Double {
        guard let number = self[name]?.asNumber else { throw Missing(name: name) }
        return number
    }

    func number(_ name: String, default fallback: Double) -> Double { self[name]?.asNumber ?? fallback }

    func int(_ name: String) throws -> Int { Int(try number(name)) }

    func int(_ name: String, default fallback: Int) -> Int {
        self[name]?.asNumber.map { Int($0) } ?? fallback
    }

    func text(_ name: String) throws -> String {
        guard case .string(let text) = self[name] else { throw Missing(name: name) }
        return text
    }

    func list(_ name: String) throws -> [Value] {
        guard case .array(let items) = self[name] else { throw Missing(name: name) }
        return items
    }

    func numbers(_ name: String) throws -> [Double] { try list(name).map { $0.asNumber ?? .nan } }

    /// A list of `[value, repeat]`, spread out.
    func runs(_ name: String) throws -> [Double] {
        try list(name).flatMap { pair -> [Double] in
            let numbers = pair.asNumbers
            return Array(repeating: numbers[0], count: Int(numbers[1]))
        }
    }
}

extension Value {
    var asNumber: Double? {
        switch self {
        case .integer(let number): Double(number)
        case .double(let real): real.value
        default: nil
        }
    }

    var asNumbers: [Double] {
        guard case .array(let items) = self else { return [] }
        return items.map { $0.asNumber ?? .nan }
    }
}

/// What our code makes of a vector's input, by the names of the expected fields.
enum Answer: Sendable {
    case number(Double)
    case numbers([Double])
    case text(String)
    case flag(Bool)
    case nothing

    init(_ number: Double?) { self = number.map(Answer.number) ?? .nothing }
    init(_ number: Int?) { self = number.map { .number(Double($0)) } ?? .nothing }

    func matches(_ expected: Value, within tolerance: Double) -> Bool {
        switch (self, expected) {
        case (.nothing, .null): true
        case (.flag(let flag), .bool(let other)): flag == other
        case (.text(let text), .string(let other)): text == other
        case (.number(let number), .string("+Inf")): number == .infinity
        case (.number(let number), _): expected.asNumber.map { abs(number - $0) <= tolerance } ?? false
        case (.numbers(let numbers), .array(let others)):
            numbers.count == others.count
                && zip(numbers, others).allSatisfy { Answer.number($0).matches($1, within: tolerance) }
        default: false
        }
    }
}
