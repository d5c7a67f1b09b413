import Manifest

/// The one spelling in which the API server stores quantities, times and binary data.
enum CanonicalSpelling {
    /// Respells a scalar by the format of its schema.
    static func apply(to value: inout Value, schema: Schema) throws(DecodingFault) {
        switch schema.format {
        case "quantity": value = .string(try quantity(value))
        case "date-time":
            guard let text = value.stringValue, !text.isEmpty else { return }
            let isFine = schema.definition?.hasSuffix(".MicroTime") == true
            value = .string(try time(text, isFine: isFine))
        case "byte":
            guard let text = value.stringValue else { return }
            do throws(Base64.IllegalByte) {
                value = .string(Base64.encode(try Base64.decodeAsGo(text)))
            } catch {
                throw DecodingFault("illegal base64 data at input byte \(error.offset)")
            }
        default: break
        }
    }

    private static func quantity(_ value: Value) throws(DecodingFault) -> String {
        let text = value.stringValue ?? GoJSON.text(of: value)
        do {
            return try Quantity(text).canonical
        } catch {
            throw DecodingFault("\(error)")
        }
    }

    private static func time(_ text: String, isFine: Bool) throws(DecodingFault) -> String {
        guard let moment = Timestamp(rfc3339: text) else {
            let layout = isFine ? "2006-01-02T15:04:05.000000Z07:00" : "2006-01-02T15:04:05Z07:00"
            let quoted = GoFormat.quoted(text)
            throw DecodingFault("parsing time \(quoted) as \"\(layout)\": cannot parse \(quoted) as \"2006\"")
        }
        return isFine ? moment.rfc3339Micro : moment.rfc3339
    }
}
