import KubeModel
import Manifest
import Testing

/// What a client makes of failures.
struct APIErrorResponseTests {
    let pods = GroupResource(resource: "pods")

    @Test func `a status in the body is taken as it is`() {
        let sent = APIError.notFound(pods, name: "a")
        let read = APIError.response(
            code: 404, body: sent.status.value, text: nil, verb: "GET", resource: pods, name: "a")
        #expect(read == sent)
        #expect(read.isNotFound)
    }

    @Test func `a body of another kind is kept as a cause`() {
        let error = APIError.response(
            code: 502, body: nil, text: " bad gateway\n", verb: "GET", resource: pods, name: "a",
            retryAfterSeconds: 3)
        #expect(
            error.message
                == #"an error on the server ("bad gateway") has prevented the request from succeeding (get pods a)"#
        )
        #expect(
            error.status.details?.causes == [
                .init(reason: "UnexpectedServerResponse", message: "bad gateway")
            ])
        #expect(error.retryAfter == .seconds(3))
    }

    @Test(arguments: [
        (400, "BadRequest", "the server rejected our request for an unknown reason (post pods)"),
        (401, "Unauthorized", "the server has asked for the client to provide credentials (post pods)"),
        (403, "Forbidden", "text (post pods)"),
        (404, "NotFound", "the server could not find the requested resource (post pods)"),
        (
            405, "MethodNotAllowed",
            "the server does not allow this method on the requested resource (post pods)"
        ),
        (406, "NotAcceptable", "text (post pods)"),
        (409, "AlreadyExists", "the server reported a conflict (post pods)"),
        (415, "UnsupportedMediaType", "text (post pods)"),
        (
            418, "",
            "the server responded with the status code 418 but did not return more information (post pods)"
        ),
        (422, "Invalid", "the server rejected our request due to an error in our request (post pods)"),
        (
            429, "TooManyRequests",
            "the server has received too many requests and has asked us to try again later (post pods)"
        ),
        (503, "ServiceUnavailable", "the server is currently unable to handle the request (post pods)"),
        (
            504, "Timeout",
            "the server was unable to return a response in the time allotted, but may still be processing the request (post pods)"
        ),
    ])
    func `a status code alone has its words`(code: Int, reason: String, message: String) {
        let error = APIError.response(
            code: code, body: ["a": 1], text: "text", verb: "POST", resource: pods, name: "")
        #expect(error.reason.rawValue == reason)
        #expect(error.message == message)
    }

    @Test func `a server answers an inapplicable patch with the generic words`() {
        let error = APIError.generic(code: 422, serverMessage: "hidden")
        #expect(
            JSON.string(error.status.value)
                == #"{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"the server rejected our request due to an error in our request","reason":"Invalid","details":{},"code":422}"#
        )
    }

    @Test func `failures are told apart by reason, then by code`() {
        func error(_ code: Int, _ reason: String) -> APIError {
            APIError(APIStatus(.failure, code: code, reason: StatusReason(rawValue: reason)))
        }
        #expect(error(404, "").isNotFound)
        #expect(error(404, "Whatever").isNotFound)
        #expect(!error(404, "Gone").isNotFound)
        #expect(!error(409, "AlreadyExists").isConflict)
        #expect(error(409, "").isConflict)
        #expect(!error(409, "").isAlreadyExists)
        #expect(error(410, "Expired").isExpired)
        #expect(error(410, "Gone").isExpired)
        #expect(error(429, "BadRequest").isFailure(.tooManyRequests))
        #expect(error(200, "").retryAfter == nil)
    }
}
