import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import NIOSSL
import Testing

/// Somebody with a browser that trusts one authority: keeps cookies, fills in forms.
final class PagesVisitor {
    private let base: String
    private let http: HTTPClient
    private var cookies: [String: String] = [:]

    private init(_ base: String, _ http: HTTPClient) {
        self.base = base
        self.http = http
    }

    /// Runs a body with somebody who is logged in.
    static func with(
        _ base: String, authority: String, token: String, _ body: (PagesVisitor) async throws -> Void
    ) async throws {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.trustRoots = .file(authority)
        let http = HTTPClient(
            eventLoopGroupProvider: .singleton,
            configuration: .init(tlsConfiguration: tls, redirectConfiguration: .disallow))
        let visitor = PagesVisitor(base, http)
        do {
            try await visitor.submit("/login", from: "/login", ["token": token, "next": "/"])
            try await body(visitor)
        } catch {
            try? await http.shutdown()
            throw error
        }
        try await http.shutdown()
    }

    func page(_ path: String) async throws -> String {
        let answer = try await send(HTTPClientRequest(url: base + path))
        let text = String(buffer: try await answer.body.collect(upTo: 1 << 20))
        try #require(answer.status == .ok, "\(path): \(answer.status) \(text)")
        return text
    }

    /// Sends a form of a page, which must lead on to another one.
    func submit(_ path: String, from page: String, _ fields: [String: String]) async throws {
        let form = try await self.page(page)
        var fields = fields
        let token = try #require(Self.value(of: "csrf", in: form), "\(page) has no form: \(form)")
        fields["csrf"] = token
        var request = HTTPClientRequest(url: base + path)
        request.method = .POST
        request.headers.add(name: "content-type", value: "application/x-www-form-urlencoded")
        let pairs = fields.map { "\(Self.escaped($0.key))=\(Self.escaped($0.value))" }
        request.body = .bytes(ByteBuffer(string: pairs.joined(separator: "&")))
        let answer = try await send(request)
        let text = String(buffer: try await answer.body.collect(upTo: 1 << 20))
        try #require(answer.status == .seeOther, "\(path): \(answer.status) \(text)")
    }

    /// The value of a hidden field.
    static func value(of field: String, in html: String) -> String? {
        guard let start = html.firstRange(of: "name=\"\(field)\" value=\"") else { return nil }
        return String(html[start.upperBound...].prefix { $0 != "\"" })
    }

    private func send(_ request: HTTPClientRequest) async throws -> HTTPClientResponse {
        var request = request
        let pairs = cookies.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        if !pairs.isEmpty { request.headers.add(name: "cookie", value: pairs.joined(separator: "; ")) }
        let answer = try await http.execute(request, timeout: .minutes(2))
        for header in answer.headers["set-cookie"] {
            let pair = header.prefix { $0 != ";" }.split(separator: "=", maxSplits: 1)
            guard let name = pair.first else { continue }
            cookies[String(name)] = pair.count > 1 ? String(pair[1]) : nil
        }
        return answer
    }

    private static func escaped(_ text: String) -> String {
        text.utf8.map { byte in
            let isPlain = (0x30...0x39).contains(byte) || (0x61...0x7a).contains(byte)
            return isPlain
                ? String(UnicodeScalar(byte)) : "%" + String(Int(byte) + 0x100, radix: 16).dropFirst()
        }.joined()
    }
}
