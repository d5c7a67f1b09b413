/// Reads `Decodable` types out of a value tree.
///
/// For our own kinds' `Spec` and `Status` structs: unknown fields are ignored and stay in the tree, which is what
/// is written back. Objects of other people are never passed through a struct.
public struct ValueDecoder: Sendable {
    public init() {}

    /// Reads a type from a value.
    ///
    /// - Throws: `ManifestError` with code `notFound` (a required field is absent) or `typeMismatch`, naming the
    ///   field's path.
    public func decode<T: Decodable>(_ type: T.Type, from value: Value) throws(ManifestError) -> T {
        do {
            return try ValueReader(value: value, codingPath: []).read(type)
        } catch let error as ManifestError {
            throw error
        } catch let error as DecodingError {
            throw ManifestError(error)
        } catch {
            throw ManifestError(.typeMismatch, "\(T.self) cannot be read: \(error)")
        }
    }
}

extension ManifestError {
    /// A decoding error in the words of this module, with the field's path in front.
    init(_ error: DecodingError) {
        switch error {
        case .keyNotFound(let key, let context):
            let path = fieldPath(context.codingPath + [key])
            self.init(.notFound, "\(path): required, but missing")
        case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
            let path = fieldPath(context.codingPath)
            self.init(
                .typeMismatch,
                path.isEmpty ? context.debugDescription : "\(path): \(context.debugDescription)")
        @unknown default:
            self.init(.typeMismatch, "\(error)")
        }
    }
}

/// A coding path as Kubernetes writes field paths: `spec.steps[0].setWeight`.
func fieldPath(_ path: [any CodingKey]) -> String {
    path.reduce(into: "") { text, key in
        if let index = key.intValue {
            text += "[\(index)]"
        } else {
            text += text.isEmpty ? key.stringValue : ".\(key.stringValue)"
        }
    }
}

/// A key of the bridge itself: an index of a list, or `super`.
struct PlainKey: CodingKey {
    let stringValue: String
    let intValue: Int?

    init(stringValue: String) {
        self.stringValue = stringValue
        intValue = nil
    }

    init(intValue: Int) {
        stringValue = String(intValue)
        self.intValue = intValue
    }
}
