import Crypto
import HTTPTypes
import Hummingbird
import NIOCore

/// The files that pages refer to, compiled into the program.
struct Assets: Sendable {
    private struct File: Sendable {
        let type: String
        let bytes: [UInt8]
    }

    private let files: [String: File] = [
        "style.css": File(type: "text/css; charset=utf-8", bytes: PackageResources.style_css),
        "live.js": File(type: "text/javascript; charset=utf-8", bytes: PackageResources.live_js),
        "icon.svg": File(type: "image/svg+xml", bytes: PackageResources.icon_svg),
    ]

    /// Changes with any of the files, so that browsers can keep them for as long as they stay the same.
    let version: String

    init() {
        var hash = SHA256()
        for bytes in [PackageResources.style_css, PackageResources.live_js] { hash.update(data: bytes) }
        version = String(Base64Text.urlSafe(Array(hash.finalize())).prefix(12))
    }

    func response(_ name: String, _ request: Request) throws(DashboardError) -> Response {
        guard let file = files[name] else { throw DashboardError(.notFound, "there is no file \(name)") }
        let isVersioned = request.uri.queryParameters["v"].map { $0 == version[...] } ?? false
        return Response(
            status: .ok,
            headers: [
                .contentType: file.type,
                .cacheControl: isVersioned ? "private, max-age=31536000, immutable" : "no-cache",
            ], body: ResponseBody(byteBuffer: ByteBuffer(bytes: file.bytes)))
    }
}
