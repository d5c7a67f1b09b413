import KubeModel

/// Lets users who may do so act as somebody else, as `kubectl --as` asks for.
struct Impersonation: Sendable {
    let authorizer: any Authorizer

    /// The user that a request is made as: the one who makes it, or the one its headers name.
    ///
    /// - Throws: `forbidden` where the user may not act as the user or with the groups that are named.
    func user(behind headers: APIHeaders, of caller: User) async throws(APIError) -> User {
        let groups = headers.values("impersonate-group")
        let uid = headers["impersonate-uid"] ?? ""
        let extra = Self.extra(headers)
        guard let name = headers["impersonate-user"], !name.isEmpty else {
            guard groups.isEmpty, uid.isEmpty, extra.isEmpty else {
                throw .internalError(
                    "requested \(Self.wanted(groups, uid, extra)) without impersonating a user")
            }
            return caller
        }
        let account = Self.serviceAccount(name)
        if let account {
            try await check(caller, "serviceaccounts", account.name, namespace: account.namespace)
        } else {
            try await check(caller, "users", name)
        }
        for group in groups { try await check(caller, "groups", group) }
        if !uid.isEmpty { try await check(caller, "uids", uid, group: "authentication.k8s.io") }
        for (key, values) in extra {
            for value in values {
                try await check(caller, "userextras", value, group: "authentication.k8s.io", subresource: key)
            }
        }
        return User(
            name: name, uid: uid, groups: Self.groups(groups, account: account, name: name), extra: extra)
    }

    private func check(
        _ caller: User, _ resource: String, _ name: String, namespace: String = "", group: String = "",
        subresource: String = ""
    ) async throws(APIError) {
        let request = AccessRequest(
            user: caller,
            target: .resource(
                .init(
                    verb: "impersonate", group: group, version: group.isEmpty ? "" : "v1", resource: resource,
                    subresource: subresource, namespace: namespace, name: name)))
        if case .denied(let reason) = await authorizer.authorize(request) {
            throw request.forbidden(reason: reason)
        }
    }

    /// The groups of the user to be: those named, those of a service account, and that of everyone known.
    private static func groups(
        _ named: [String], account: (namespace: String, name: String)?, name: String
    ) -> [String] {
        var groups = named
        if let account, named.isEmpty {
            groups = ["system:serviceaccounts", "system:serviceaccounts:\(account.namespace)"]
        }
        let isAnonymous = name == User.anonymous.name
        let everyone = isAnonymous ? "system:unauthenticated" : User.authenticatedGroup
        return groups.contains(everyone) ? groups : groups + [everyone]
    }

    private static func serviceAccount(_ name: String) -> (namespace: String, name: String)? {
        let parts = name.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 4, parts[0] == "system", parts[1] == "serviceaccount" else { return nil }
        return (parts[2], parts[3])
    }

    private static func extra(_ headers: APIHeaders) -> [String: [String]] {
        let prefix = "impersonate-extra-"
        var extra: [String: [String]] = [:]
        for field in headers.fields where field.name.hasPrefix(prefix) {
            let key = String(field.name.dropFirst(prefix.count))
            extra[key.percentDecoded ?? key, default: []].append(field.value)
        }
        return extra
    }

    private static func wanted(_ groups: [String], _ uid: String, _ extra: [String: [String]]) -> String {
        if !groups.isEmpty { return GoFormat.quotedList(groups) }
        return uid.isEmpty ? "\(extra.keys.sorted())" : GoFormat.quoted(uid)
    }
}
