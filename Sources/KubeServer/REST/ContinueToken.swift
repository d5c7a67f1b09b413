import KubeModel
import Manifest

/// Where the next page of a list starts, as the client carries it (`metadata.continue`).
///
/// The form is upstream's: URL-safe Base64 of `{"v":"meta.k8s.io/v1","rv":5,"start":"name\u0000"}`.
struct ContinueToken: Sendable, Hashable {
    /// The state the list shows; nil where it goes on with whatever is there.
    let revision: UInt64?
    /// The first path of the page, below the list's namespace.
    let start: String

    private static let version = "meta.k8s.io/v1"

    /// The token for the objects after a path.
    init(revision: UInt64?, after path: String) {
        self.revision = revision
        start = path + "\u{0}"
    }

    private init(revision: UInt64?, start: String) {
        self.revision = revision
        self.start = start
    }

    /// The same place, without the demand of one consistent state.
    var inconsistent: ContinueToken { ContinueToken(revision: nil, start: start) }

    /// The token as text.
    var text: String {
        let revision = revision.map { Value.integer(Int64(bitPattern: $0)) } ?? -1
        let token: Value = ["v": .string(Self.version), "rv": revision, "start": .string(start)]
        return Base64.encodeURLSafe(JSON.write(token))
    }

    /// Reads a token.
    ///
    /// - Throws: `badRequest` with upstream's words for what is wrong with it.
    init(_ text: String) throws(APIError) {
        let bytes = try Self.decoded(text)
        guard let token = try? JSON.parse(bytes) else {
            throw Self.invalid(GoJSONFault.message(of: bytes) ?? "unexpected end of JSON input")
        }
        let version = token["v"]?.stringValue ?? ""
        guard version == Self.version else {
            throw Self.invalid("server does not recognize this encoded version \(GoFormat.quoted(version))")
        }
        let revision = token["rv"]?.integerValue ?? 0
        guard revision != 0 else {
            throw Self.invalid("incorrect encoded start resourceVersion (version meta.k8s.io/v1)")
        }
        let start = token["start"]?.stringValue ?? ""
        guard !start.isEmpty else {
            throw Self.invalid("encoded start key empty (version meta.k8s.io/v1)")
        }
        guard Self.isClean(start) else { throw Self.invalid(start) }
        self.init(
            revision: revision < 0 ? nil : UInt64(revision),
            start: start.hasPrefix("/") ? String(start.dropFirst()) : start)
    }

    private static func decoded(_ text: String) throws(APIError) -> [UInt8] {
        if let bytes = Base64.decodeURLSafe(text, padding: .forbidden, isStrict: false) { return bytes }
        let offset = text.utf8.prefix {
            Base64.decodeURLSafe("AAA" + String(UnicodeScalar($0)), padding: .forbidden) != nil
        }.count
        throw invalid("illegal base64 data at input byte \(offset)")
    }

    /// Whether a path cannot lead out of the list it belongs to.
    private static func isClean(_ path: String) -> Bool {
        let parts = (path.hasPrefix("/") ? path.dropFirst() : path[...])
            .split(separator: "/", omittingEmptySubsequences: false)
        return parts.allSatisfy { !$0.isEmpty && $0 != "." && $0 != ".." }
    }

    private static func invalid(_ reason: String) -> APIError {
        .badRequest("invalid continue token: continue key is not valid: \(reason)")
    }
}
