import Forge
import HTTPTypes
import KubeClient
import KubeModel

/// A failure as people are told it: what, why, and what to do.
struct FailurePage: Sendable {
    let status: HTTPResponse.Status
    let title: String
    let lead: String
    let message: String
    let advice: String
    /// Whether it is nobody's wish and belongs into the log.
    var isUnexpected = false

    init(_ error: any Error) {
        switch error {
        case let error as APIError: self.init(error)
        case let error as DashboardError: self.init(error)
        case let error as ForgeError: self.init(error)
        case let error as KubeClientError:
            self.init(
                .serviceUnavailable, "The API does not answer", "The API server cannot be reached.",
                error.description, "Try again in a moment.")
        default:
            self.init(
                .internalServerError, "This page failed", "Something went wrong on our side.",
                "The log of the program says what.", "")
            isUnexpected = true
        }
    }

    private init(
        _ status: HTTPResponse.Status, _ title: String, _ lead: String, _ message: String, _ advice: String
    ) {
        self.status = status
        self.title = title
        self.lead = lead
        self.message = message
        self.advice = advice
    }

    private init(_ error: APIError) {
        switch error.code {
        case 403:
            self.init(
                .forbidden, "Not allowed", "Your role does not let you do this.", error.message,
                Self.roles)
        case 404: self.init(.notFound, "Not found", "There is no such object.", error.message, "")
        case 409:
            self.init(
                .conflict, "Changed meanwhile", "Somebody changed it at the same time.", error.message,
                "Look at it again, then decide.")
        case 400, 422:
            self.init(.unprocessableContent, "Refused", "The API refused it.", error.message, "")
        default:
            self.init(
                .serviceUnavailable, "The API failed", "The API server could not do it.", error.message,
                "Try again in a moment.")
        }
    }

    private init(_ error: DashboardError) {
        switch error.code {
        case .notFound: self.init(.notFound, "Not found", "There is nothing here.", error.message, "")
        case .forged: self.init(.forbidden, "Form refused", "Nothing was done.", error.message, "")
        case .invalid: self.init(.badRequest, "Refused", "Nothing was done.", error.message, "")
        case .changed:
            self.init(
                .conflict, "Changed meanwhile", "Nothing was done: it is not any more what you looked at.",
                error.message, "Look at it again, then decide.")
        case .busy: self.init(.tooManyRequests, "Too much at once", "Try again later.", error.message, "")
        case .unavailable:
            self.init(
                .serviceUnavailable, "Not available", "A part that is needed is not there.", error.message,
                "")
        default:
            self.init(
                .internalServerError, "This page failed", "Something went wrong on our side.",
                error.message, "")
            isUnexpected = true
        }
    }

    private init(_ error: ForgeError) {
        switch error.code {
        case .forbidden:
            self.init(
                .forbidden, "Not allowed", "Your role does not let you do this.", error.message,
                Self.roles)
        case .notFound: self.init(.notFound, "Not found", "There is nothing here.", error.message, "")
        case .conflict, .exists:
            self.init(
                .conflict, "Changed meanwhile", "It is not any more what you looked at.", error.message,
                "Look at it again, then decide.")
        case .invalid, .unsupported:
            self.init(.unprocessableContent, "Refused", "The forge refused it.", error.message, "")
        default:
            self.init(
                .serviceUnavailable, "The forge failed", "The forge could not do it.", error.message,
                "Try again in a moment.")
        }
    }

    private static let roles =
        "Viewers read. Developers also comment, ask for merges, sync applications and cancel runs. Approvers also approve, "
        + "promote, abort, roll back and end quarantines. An administrator can give you another role."

    func fields(back: String?) -> Fields {
        [
            "lead": .text(lead), "message": .text(message), "advice": .text(advice), "back": .optional(back),
        ]
    }
}
