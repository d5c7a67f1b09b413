import HTTPTypes
public import Hummingbird
import Manifest
import NIOCore

/// The routes of a development instance for a router that a server mounts at the root of a port.
public struct SigstoreRoutes: Sendable {
    /// Larger requests are refused.
    static let maximumBytes = 8 << 20

    let instance: DevelopmentSigstore

    /// Routes of an instance that is open.
    public init(_ instance: DevelopmentSigstore) { self.instance = instance }

    /// Adds the paths of Fulcio 2 and Rekor 1, which do not collide.
    public func add<Context: RequestContext>(to router: some RouterMethods<Context>) {
        addAuthority(to: router)
        addLog(to: router)
    }

    static func answer(_ value: Value, _ status: HTTPResponse.Status = .ok, headers: HTTPFields = [:])
        -> Response
    {
        var headers = headers
        headers[.contentType] = "application/json"
        return Response(
            status: status, headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: JSON.write(value))))
    }

    static func body(_ request: Request) async throws(SigstoreError) -> Value {
        let bytes: [UInt8]
        do {
            bytes = Array(try await request.body.collect(upTo: maximumBytes).readableBytesView)
        } catch {
            throw SigstoreError(.tooLarge, "the request is larger than \(maximumBytes) bytes")
        }
        do throws(ManifestError) {
            return try JSON.parse(bytes, options: JSON.ReadOptions(strict: true, maximumDepth: 32))
        } catch {
            throw SigstoreError(.malformed, "the request is not JSON", cause: error)
        }
    }
}
