import Manifest

/// A request that a registry does not carry out, as it tells the client.
struct RegistryRefusal: Error, Sendable {
    /// The codes of distribution specification 1.1, "Error codes", and the two every registry adds.
    enum Code: String, Sendable {
        case blobUnknown = "BLOB_UNKNOWN"
        case blobUploadInvalid = "BLOB_UPLOAD_INVALID"
        case blobUploadUnknown = "BLOB_UPLOAD_UNKNOWN"
        case digestInvalid = "DIGEST_INVALID"
        case manifestBlobUnknown = "MANIFEST_BLOB_UNKNOWN"
        case manifestInvalid = "MANIFEST_INVALID"
        case manifestUnknown = "MANIFEST_UNKNOWN"
        case nameInvalid = "NAME_INVALID"
        case nameUnknown = "NAME_UNKNOWN"
        case sizeInvalid = "SIZE_INVALID"
        case unauthorized = "UNAUTHORIZED"
        case denied = "DENIED"
        case unsupported = "UNSUPPORTED"
        case tooManyRequests = "TOOMANYREQUESTS"
        case rangeInvalid = "RANGE_INVALID"
        case tagInvalid = "TAG_INVALID"
        case unknown = "UNKNOWN"
    }

    let status: Int
    let code: Code
    let message: String
    var headers: [(name: String, value: String)] = []

    init(_ status: Int, _ code: Code, _ message: String, headers: [(name: String, value: String)] = []) {
        self.status = status
        self.code = code
        self.message = message
        self.headers = headers
    }

    /// The error document.
    var body: [UInt8] {
        JSON.write(["errors": [["code": .string(code.rawValue), "message": .string(message)]]])
    }
}
