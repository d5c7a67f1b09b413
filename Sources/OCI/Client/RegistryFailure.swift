import Manifest

/// One of the errors in a registry's answer: distribution specification 1.1, "Error codes".
public struct RegistryFault: Sendable, Hashable, CustomStringConvertible {
    /// Such as `MANIFEST_UNKNOWN`.
    public let code: String
    /// For people; registries word it as they like.
    public let message: String

    /// What a registry says of one fault.
    public init(code: String, message: String) {
        self.code = code
        self.message = message
    }

    /// The code and, where there is one, the message.
    public var description: String { message.isEmpty ? code : "\(code): \(message)" }
}

/// A registry's answer that is no success.
public struct RegistryFailure: Error, Sendable, Hashable, CustomStringConvertible {
    /// The status of HTTP.
    public let status: Int
    /// Empty where the answer was no error document.
    public let faults: [RegistryFault]

    /// Reads the body of an answer; one that is no error document has no faults.
    init(status: Int, body: [UInt8]) {
        self.status = status
        var faults: [RegistryFault] = []
        if let value = try? JSON.parse(body), let list = value["errors"]?.arrayValue {
            for item in list.prefix(16) {
                guard let code = item["code"]?.stringValue else { continue }
                let message = item["message"]?.stringValue ?? ""
                faults.append(RegistryFault(code: code.onOneLine, message: message.onOneLine))
            }
        }
        self.faults = faults
    }

    /// What the registry says, on one line.
    public var description: String {
        faults.isEmpty ? "HTTP status \(status)" : faults.map(\.description).joined(separator: "; ")
    }

    private func has(_ codes: String...) -> Bool { faults.contains { codes.contains($0.code) } }

    /// The failure in the words of this module.
    func error(_ what: String) -> OCIError {
        let code: OCIError.Code =
            switch status {
            case 401: .unauthorized
            case 403: has("UNAUTHORIZED") ? .unauthorized : .denied
            case 404: .notFound
            case 412: .conflict
            case 429: .rateLimited
            case 409 where has("TAG_IMMUTABLE", "DENIED"): .tagExists
            default:
                if has("MANIFEST_UNKNOWN", "BLOB_UNKNOWN", "NAME_UNKNOWN") {
                    .notFound
                } else if has("DENIED") {
                    .denied
                } else {
                    .registry
                }
            }
        let advice =
            switch code {
            case .unauthorized: "; log in, or give other credentials"
            case .denied: "; the credentials in use may not do this"
            case .rateLimited: "; try again later"
            default: ""
            }
        return OCIError(code, "\(what): the registry refuses\(advice)", cause: self)
    }
}

extension String {
    /// Text of others made safe to print: one line, without control characters, of bounded length.
    var onOneLine: String {
        String(String.UnicodeScalarView(unicodeScalars.prefix(500).map { $0.value < 32 ? " " : $0 }))
    }
}
