import KubeModel
import Manifest

/// The query of a list or watch (`metav1.ListOptions`).
struct ListOptions: Sendable {
    let labelSelector: String
    let fieldSelector: String
    let isWatch: Bool
    let allowsBookmarks: Bool
    let resourceVersion: String
    let resourceVersionMatch: String
    let timeout: Duration?
    /// The number of objects asked for; 0 for all.
    let limit: Int
    let continuation: String
    let sendsInitialEvents: Bool?

    /// Reads and checks the query.
    ///
    /// - Throws: `badRequest` for malformed numbers, `invalid` for combinations that upstream forbids.
    init(_ query: QueryDecoder, isWatch: Bool) throws(APIError) {
        labelSelector = query.text("labelSelector")
        fieldSelector = query.text("fieldSelector")
        self.isWatch = isWatch
        allowsBookmarks = query.flag("allowWatchBookmarks") ?? false
        resourceVersion = query.text("resourceVersion")
        resourceVersionMatch = query.text("resourceVersionMatch")
        timeout = try query.integer("timeoutSeconds").flatMap { $0 > 0 ? .seconds($0) : nil }
        limit = Int(max(0, try query.integer("limit") ?? 0))
        continuation = query.text("continue")
        sendsInitialEvents = query.flag("sendInitialEvents")
        let errors = isWatch ? watchErrors : listErrors
        guard errors.isEmpty else {
            throw .invalid(GroupKind(group: "meta.k8s.io", kind: "ListOptions"), name: "", errors: errors)
        }
    }

    /// Which states a list may be answered with.
    enum Demand: Sendable, Hashable {
        /// The newest state.
        case newest
        /// A state not older than the revision.
        case notOlderThan(UInt64)
        /// The state right after the revision.
        case exactly(UInt64)
    }

    /// What the resource version of a list means together with its match and limit.
    func demand() throws(APIError) -> Demand {
        switch try ResourceVersion(resourceVersion) {
        case .unset, .any: return .newest
        case .revision(let revision):
            let isExact = resourceVersionMatch == "Exact" || (resourceVersionMatch.isEmpty && limit > 0)
            return isExact ? .exactly(revision) : .notOlderThan(revision)
        }
    }

    private static let match = FieldPath("resourceVersionMatch")

    private var listErrors: [FieldError] {
        var errors: [FieldError] = []
        if !resourceVersionMatch.isEmpty {
            if resourceVersion.isEmpty {
                errors.append(
                    .forbidden(
                        Self.match, "resourceVersionMatch is forbidden unless resourceVersion is provided"))
            }
            if !continuation.isEmpty {
                errors.append(
                    .forbidden(Self.match, "resourceVersionMatch is forbidden when continue is provided"))
            }
            if resourceVersionMatch != "Exact", resourceVersionMatch != "NotOlderThan" {
                errors.append(
                    .notSupported(
                        Self.match, .string(resourceVersionMatch), supported: ["Exact", "NotOlderThan", ""]))
            }
            if resourceVersionMatch == "Exact", resourceVersion == "0" {
                errors.append(
                    .forbidden(
                        Self.match, "resourceVersionMatch \"exact\" is forbidden for resourceVersion \"0\""))
            }
        }
        if sendsInitialEvents != nil {
            errors.append(
                .forbidden(FieldPath("sendInitialEvents"), "sendInitialEvents is forbidden for list"))
        }
        return errors
    }

    private var watchErrors: [FieldError] {
        var errors: [FieldError] = []
        if sendsInitialEvents != nil, resourceVersionMatch != "NotOlderThan" {
            errors.append(
                .forbidden(
                    Self.match, "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan"))
        }
        guard !resourceVersionMatch.isEmpty else { return errors }
        if sendsInitialEvents == nil {
            errors.append(
                .forbidden(
                    Self.match,
                    "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided"))
        }
        if resourceVersionMatch != "NotOlderThan" {
            errors.append(
                .notSupported(Self.match, .string(resourceVersionMatch), supported: ["NotOlderThan"]))
        }
        if !continuation.isEmpty {
            errors.append(
                .forbidden(Self.match, "resourceVersionMatch is forbidden when continue is provided"))
        }
        return errors
    }
}
