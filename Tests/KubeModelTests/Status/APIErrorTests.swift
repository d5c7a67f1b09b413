import KubeModel
import Manifest
import Testing

/// The constructors against `k8s.io/apimachinery/pkg/api/errors`.
struct APIErrorTests {
    static let pods = GroupResource(resource: "pods")
    static let deployments = GroupResource(group: "apps", resource: "deployments")

    struct Case: CustomTestStringConvertible {
        let error: APIError
        let code: Int
        let reason: String
        let message: String
        init(_ error: APIError, _ code: Int, _ reason: String, _ message: String) {
            self.error = error
            self.code = code
            self.reason = reason
            self.message = message
        }
        var testDescription: String { message }
    }

    @Test(arguments: [
        Case(.notFound(pods, name: "a"), 404, "NotFound", #"pods "a" not found"#),
        Case(
            .alreadyExists(deployments, name: "a"), 409, "AlreadyExists",
            #"deployments.apps "a" already exists"#),
        Case(
            .generatedNameExists(pods, name: "a-1", retryAfterSeconds: 1), 409, "AlreadyExists",
            #"pods "a-1" already exists, the server was not able to generate a unique name for the object"#),
        Case(
            .modified(pods, name: "a"), 409, "Conflict",
            #"Operation cannot be fulfilled on pods "a": the object has been modified; please apply your changes to the latest version and try again"#
        ),
        Case(
            .forbidden(deployments, name: "a", "no"), 403, "Forbidden",
            #"deployments.apps "a" is forbidden: no"#),
        Case(.forbidden(pods, name: "", "no"), 403, "Forbidden", "pods is forbidden: no"),
        Case(.forbidden(GroupResource(resource: ""), name: "", "no"), 403, "Forbidden", "forbidden: no"),
        Case(
            .methodNotSupported(pods, action: "patch"), 405, "MethodNotAllowed",
            #"patch is not supported on resources of kind "pods""#),
        Case(
            .serverTimeout(pods, operation: "list", retryAfterSeconds: 2), 500, "ServerTimeout",
            "The list operation against pods could not be completed at this time, please try again."),
        Case(.badRequest("no"), 400, "BadRequest", "no"),
        Case(.unauthorized(), 401, "Unauthorized", "not authorized"),
        Case(.unauthorized("Unauthorized"), 401, "Unauthorized", "Unauthorized"),
        Case(.gone("old"), 410, "Gone", "old"), Case(.expired("old"), 410, "Expired", "old"),
        Case(.tooManyRequests("busy", retryAfterSeconds: 1), 429, "TooManyRequests", "busy"),
        Case(.tooManyRequests("busy"), 429, "TooManyRequests", "Too many requests: busy"),
        Case(.serviceUnavailable("down"), 503, "ServiceUnavailable", "down"),
        Case(.timeout("slow", retryAfterSeconds: 0), 504, "Timeout", "Timeout: slow"),
        Case(
            .requestEntityTooLarge("limit is 3"), 413, "RequestEntityTooLarge",
            "Request entity too large: limit is 3"),
        Case(
            .notAcceptable(supported: ["application/json", "application/yaml"]), 406, "NotAcceptable",
            "only the following media types are accepted: application/json, application/yaml"),
        Case(
            .unsupportedMediaType(supported: ["application/json"]), 415, "UnsupportedMediaType",
            "the body of the request was in an unknown format - accepted media types include: application/json"
        ),
        Case(.internalError("disk"), 500, "InternalError", "Internal error occurred: disk"),
        Case(.plain("disk"), 500, "", "disk"),
        Case(.applyConflict("Apply failed", causes: []), 409, "Conflict", "Apply failed"),
    ])
    func `an error says what Kubernetes says`(_ example: Case) {
        #expect(example.error.code == example.code)
        #expect(example.error.reason.rawValue == example.reason)
        #expect(example.error.message == example.message)
        #expect(example.error.description == example.message)
        #expect(APIStatus(example.error.status.value) == example.error.status)
    }

    @Test func `an invalid object lists each error once`() {
        let required = APIStatus.Cause(reason: "FieldValueRequired", message: "Required value", field: "a")
        let other = APIStatus.Cause(reason: "FieldValueInvalid", message: "Invalid value: 1: no", field: "b")
        let kind = GroupKind(group: "apps", kind: "Deployment")
        #expect(APIError.invalid(kind, name: "d", causes: []).message == #"Deployment.apps "d" is invalid"#)
        #expect(
            APIError.invalid(kind, name: "d", causes: [required, required]).message
                == #"Deployment.apps "d" is invalid: a: Required value"#)
        let error = APIError.invalid(kind, name: "d", causes: [required, other, required])
        #expect(
            error.message == #"Deployment.apps "d" is invalid: [a: Required value, b: Invalid value: 1: no]"#)
        #expect(error.status.details?.causes.count == 3)
    }

    @Test func `a status is written in the order of Kubernetes`() {
        let error = APIError.notFound(Self.deployments, name: "d")
        #expect(
            JSON.string(error.status.value)
                == #"{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"deployments.apps \"d\" not found","reason":"NotFound","details":{"name":"d","group":"apps","kind":"deployments"},"code":404}"#
        )
        #expect(APIStatus(["kind": "Pod", "apiVersion": "v1"]) == nil)
    }
}
