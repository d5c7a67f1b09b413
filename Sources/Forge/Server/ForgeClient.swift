public import AsyncHTTPClient
import KubeModel
import Manifest
import NIOCore
import NIOHTTP1

/// Asks a forge for what only it may do, in the name of a token's owner: reviews, merges, closing.
public struct ForgeClient: Sendable {
    private static let limit = 1 << 20
    private static let logLimit = 128 << 20
    private let address: String
    private let token: String?
    private let http: HTTPClient

    /// - Parameters:
    ///   - address: the forge's URL, as `status.apiURL` of a Repository tells it.
    ///   - token: a token of the API server.
    ///   - http: knows whose certificates to trust.
    public init(address: String, token: String?, http: HTTPClient = .shared) {
        self.address = address
        self.token = token
        self.http = http
    }

    /// Does something to a pull request and answers what the forge says about it.
    ///
    /// - Parameter action: `review`, `merge` or `close`.
    /// - Throws: ``ForgeError`` in the forge's words; `unavailable` where it does not answer.
    public func act(
        _ action: String, namespace: String, pullRequest: String, _ body: [String: String] = [:]
    ) async throws -> String {
        var fields = Object()
        for (name, value) in body.sorted(by: { $0.key < $1.key }) { fields[name] = .string(value) }
        var request = HTTPClientRequest(
            url: "\(address)/api/v1/namespaces/\(namespace)/pullrequests/\(pullRequest)/\(action)")
        request.method = .POST
        request.headers.add(name: "content-type", value: "application/json")
        if let token { request.headers.add(name: "authorization", value: "Bearer \(token)") }
        request.body = .bytes(ByteBuffer(bytes: JSON.write(.object(fields))))
        let answer: Value
        let status: Int
        do {
            let response = try await http.execute(request, timeout: .seconds(60))
            status = Int(response.status.code)
            answer = try JSON.parse(
                Array(try await response.body.collect(upTo: Self.limit).readableBytesView))
        } catch {
            throw ForgeError(.unavailable, "the forge at \(address) does not answer", cause: error)
        }
        let message = answer["message"]?.stringValue ?? "the forge answered \(status)"
        guard (200..<300).contains(status) else { throw ForgeError(Self.code(status), message) }
        return message
    }

    /// What a step of a run has written from an offset on.
    ///
    /// - Parameter step: `GATE.STEP`.
    /// - Returns: nil where there is no such log yet.
    /// - Throws: ``ForgeError`` `forbidden` where the token does not allow it, `unavailable`.
    public func log(of run: String, step: String, from offset: Int = 0) async throws -> [UInt8]? {
        var request = HTTPClientRequest(url: "\(address)/ci/runs/\(run)/logs/\(step)")
        request.headers.add(name: "range", value: "bytes=\(offset)-")
        if let token { request.headers.add(name: "authorization", value: "Bearer \(token)") }
        let status: Int
        do {
            let response = try await http.execute(request, timeout: .seconds(60))
            status = Int(response.status.code)
            if status == 200 {
                return Array(try await response.body.collect(upTo: Self.logLimit).readableBytesView)
            }
        } catch {
            throw ForgeError(.unavailable, "the server at \(address) does not answer", cause: error)
        }
        switch status {
        // The record of a run is written with its first state, a moment after the object is there.
        case 404: return nil
        case 401, 403:
            throw ForgeError(
                .forbidden, "the log of \(run) may not be read: a Role must allow get on pipelineruns/log")
        default: throw ForgeError(Self.code(status), "the server at \(address) answers \(status)")
        }
    }

    private static func code(_ status: Int) -> ForgeError.Code {
        switch status {
        case 401: .unauthenticated
        case 403: .forbidden
        case 404: .notFound
        case 409: .conflict
        case 422: .invalid
        default: .unavailable
        }
    }
}
