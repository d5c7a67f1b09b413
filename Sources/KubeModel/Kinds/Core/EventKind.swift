import Manifest

/// Events: what happened to an object, kept for an hour.
struct EventKind: KindRules {
    /// How the fields of `events.k8s.io` and of the core group differ.
    enum Version: Sendable {
        case core, events
    }

    let version: Version

    var descriptor: KindDescriptor {
        switch version {
        case .core:
            KindDescriptor(
                "v1", "Event", timeToLive: .seconds(3600), allowsCreateOnUpdate: true)
        case .events:
            KindDescriptor(
                "events.k8s.io/v1", "Event", timeToLive: .seconds(3600), allowsCreateOnUpdate: true)
        }
    }

    var metadataRules: MetadataRules { version == .core ? .none : .standard }

    func faults(of object: ObjectField) -> [FieldError] {
        let names = version.names
        let namespace = object["metadata", "namespace"].text
        let about = ObjectField(
            object[names.subject, "namespace"].value, path: FieldPath("involvedObject", "namespace"))
        var errors: [FieldError] = []
        let mismatch = about.invalid("does not match event.namespace", absent: "")
        if !object["eventTime"].isPresent {
            let matches =
                about.text.isEmpty ? ["", "default"].contains(namespace) : namespace == about.text
            if !matches { errors.append(mismatch) }
        } else {
            if about.text.isEmpty, !["default", "kube-system"].contains(namespace) {
                errors.append(mismatch)
            }
            errors += sinceTimesAreFine(object, names)
        }
        return errors
            + NameSyntax.dns1123Subdomain(namespace).map {
                .invalid(FieldPath("namespace"), .string(namespace), $0)
            }
    }

    /// The faults of an event that says when it happened, which only newer clients do.
    private func sinceTimesAreFine(_ object: ObjectField, _ names: Names) -> [FieldError] {
        var errors: [FieldError] = []
        let controller = ObjectField(object[names.controller].value, path: FieldPath("reportingController"))
        if controller.text.isEmpty { errors.append(controller.required()) }
        errors += controller.invalid(NameSyntax.qualifiedName(controller.text))
        for (name, limit, isRequired) in [
            ("reportingInstance", 128, true), ("action", 128, true), ("reason", 128, true),
            (names.message, 1024, false),
        ] {
            let path = FieldPath(name == names.message ? "message" : name)
            if isRequired, object[name].text.isEmpty { errors.append(.required(path)) }
            if object[name].text.utf8.count > limit {
                errors.append(.invalid(path, "", "can have at most \(limit) characters"))
            }
        }
        return errors
    }

    func faultsOnCreate(of object: ObjectField) -> [FieldError] {
        guard version == .events else { return [] }
        var errors: [FieldError] = []
        let series = object["series"]
        if series.isPresent {
            if series["count"].number < 2 {
                errors.append(.invalid(FieldPath("series.count"), "", "should be at least 2"))
            }
            if !series["lastObservedTime"].isPresent {
                errors.append(.required(FieldPath("series.lastObservedTime")))
            }
        }
        if !object["eventTime"].isPresent { errors.append(object["eventTime"].required()) }
        let type = object["type"].text
        if type != "Normal", type != "Warning" {
            errors.append(.invalid(FieldPath("type"), "", "has invalid value: \(type)"))
        }
        for (name, shown) in [
            ("deprecatedFirstTimestamp", "firstTimestamp"), ("deprecatedLastTimestamp", "lastTimestamp"),
            ("deprecatedCount", "count"), ("deprecatedSource", "source"),
        ] where !object[name].isEmpty {
            errors.append(.invalid(FieldPath(shown), "", "needs to be unset"))
        }
        return errors
    }

    func faults(ofUpdate object: ObjectField, since old: ObjectField) -> [FieldError] {
        guard version == .events else { return faults(of: object) }
        return faults(of: object)
            + [
                "regarding", "reason", "note", "deprecatedSource", "deprecatedFirstTimestamp",
                "deprecatedLastTimestamp", "deprecatedCount", "type", "eventTime", "action", "related",
                "reportingController", "reportingInstance",
            ].flatMap { name in
                ObjectField(object[name].value, path: FieldPath(Self.coreName(of: name)))
                    .immutable(since: old[name])
            }
    }

    fileprivate struct Names {
        let subject: String
        let message: String
        let controller: String
    }

    private static func coreName(of name: String) -> String {
        EventConversion.coreNames.first { $0.events == name }?.core ?? name
    }
}

extension EventKind.Version {
    fileprivate var names: EventKind.Names {
        switch self {
        case .core: .init(subject: "involvedObject", message: "message", controller: "reportingComponent")
        case .events: .init(subject: "regarding", message: "note", controller: "reportingController")
        }
    }
}
