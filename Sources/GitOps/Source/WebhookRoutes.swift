import HTTPTypes
public import Hummingbird
import NIOCore

/// Takes the webhooks of GitHub, GitLab and Gitea: `POST /webhooks/git`.
///
/// A message only has the repository asked that it names; see ``Webhook``. It is answered at once, with 202, whether
/// or not an application reads from that repository.
public struct WebhookRoutes: Sendable {
    /// Where forges are told to send their messages.
    public static let path = "/webhooks/git"

    private let controller: GitOpsController
    private let secret: @Sendable () async throws -> String

    /// Routes to a controller.
    ///
    /// - Parameter secret: what was agreed on with the forges, asked at every message so that it can be changed; while
    ///   it is empty every message is refused.
    public init(_ controller: GitOpsController, secret: @escaping @Sendable () async throws -> String) {
        self.controller = controller
        self.secret = secret
    }

    /// Adds the route.
    ///
    /// It answers 202 for a message that was taken, 401 for one whose signature does not fit, 413 for one that is too
    /// long, and 422 for one that cannot be read.
    public func addRoutes(to router: some RouterMethods<some RequestContext>) {
        let (controller, secret) = (controller, secret)
        router.post("\(Self.path)") { request, _ -> Response in
            let body: [UInt8]
            do {
                body = Array(try await request.body.collect(upTo: Webhook.bodyLimit).readableBytesView)
            } catch {
                try Task.checkCancellation()
                return Self.text(.contentTooLarge, "the message has more than \(Webhook.bodyLimit) bytes")
            }
            var headers: [String: String] = [:]
            for field in request.headers { headers[field.name.canonicalName] = field.value }
            do {
                try controller.receive(headers: headers, body: body, secret: try await secret())
                return Self.text(.accepted, "the repository is asked")
            } catch let error as GitOpsError {
                return Self.text(
                    error.code == .unauthenticated ? .unauthorized : .unprocessableContent, error.description)
            }
        }
    }

    private static func text(_ status: HTTPResponse.Status, _ text: String) -> Response {
        Response(
            status: status, headers: [.contentType: "text/plain; charset=utf-8"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text + "\n")))
    }
}
