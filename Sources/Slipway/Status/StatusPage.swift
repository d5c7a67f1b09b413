import KubeModel
public import Manifest

/// What an installation does and waits for, on one page; made of objects alone.
public struct StatusPage: Sendable, Hashable {
    /// One thing that moves, waits, or needs somebody.
    public struct Line: Sendable, Hashable {
        /// `PullRequest slipway/orders-3`
        public var object: String
        /// Its phase, in one word.
        public var state: String
        /// Why, or for what.
        public var reason: String
        /// When that ends, where it is known.
        public var until: String?
    }

    /// What git has in an environment of a service.
    public struct Place: Sendable, Hashable {
        /// The service's name.
        public var service: String
        /// The environment's name.
        public var environment: String
        /// The name of the release; a digest, or whatever is there, where it is of none, and empty for nothing.
        public var release: String
        /// The first digits of the release's commit.
        public var commit: String
        /// How far the cluster is with it: a phase of a `Delivery`'s environment.
        public var phase: String
        /// Since when, RFC 3339.
        public var since: String
    }

    /// What goes on by itself.
    public internal(set) var moving: [Line] = []
    /// What waits for something.
    public internal(set) var waiting: [Line] = []
    /// What needs somebody.
    public internal(set) var trouble: [Line] = []
    /// What every environment has, by services, in the order in which releases go through them.
    public internal(set) var places: [Place] = []

    /// Reads the objects, each of which may be of any kind; what is of no interest is passed over.
    public init(_ objects: [Value]) {
        let newest = NewestReleases(of: objects.filter { $0.kind == "Release" })
        var last: [String: Int64] = [:]
        for object in objects where object.kind == "Promotion" {
            last[Self.place(of: object)] = max(Self.sequence(object), last[Self.place(of: object)] ?? 0)
        }
        // By kind, so that environments are known before promotions.
        for object in objects.sorted(by: { Self.name($0) < Self.name($1) }) {
            switch object.kind {
            case "Delivery": delivery(object)
            case "PullRequest": pullRequest(object)
            case "PipelineRun": run(object)
            case "Promotion":
                promotion(object, isLast: last[Self.place(of: object)] == Self.sequence(object))
            case "Rollout": rollout(object)
            case "Application": application(object)
            case "Release": if newest.contains(object) { release(object) }
            case "Repository": repository(object)
            default: continue
            }
        }
    }

    static func name(_ object: Value) -> String {
        "\(object.kind) \(object.metadata.namespace)/\(object.metadata.name)"
    }

    private static func line(_ object: Value, _ state: String, _ reasons: String?..., until: String? = nil)
        -> Line
    {
        var texts: [String] = []
        for text in reasons.compactMap(\.self) where !text.isEmpty && !texts.contains(text) {
            texts.append(text)
        }
        return Line(object: name(object), state: state, reason: texts.joined(separator: ": "), until: until)
    }

    private mutating func pullRequest(_ object: Value) {
        let status = object["status"]
        let phase = status?["phase"]?.stringValue ?? object["spec", "state"]?.stringValue ?? "Open"
        guard phase != "Merged", phase != "Closed" else { return }
        let line = Self.line(
            object, phase, object["spec", "title"]?.stringValue, status?["message"]?.stringValue)
        if phase == "Testing" || phase == "Merging" { moving.append(line) } else { waiting.append(line) }
    }

    private mutating func run(_ object: Value) {
        let status = object["status"]
        switch status?["phase"]?.stringValue ?? "Pending" {
        case "Running":
            let gates = status?["gates"]?.arrayValue ?? []
            let gate = gates.first { $0["phase"]?.stringValue == "Running" }
            let steps = (gate?["steps"]?.arrayValue ?? []).filter { $0["phase"]?.stringValue == "Running" }
            let names = steps.compactMap { $0["name"]?.stringValue }.joined(separator: ", ")
            moving.append(
                Self.line(object, "Running", gate?["name"]?.stringValue.map { "gate \($0)" }, names))
        case "Pending": waiting.append(Self.line(object, "Pending", status?["message"]?.stringValue))
        default: return
        }
    }

    private static func place(of promotion: Value) -> String {
        let spec = promotion["spec"]
        return "\(spec?["service"]?.stringValue ?? "")/\(spec?["environment"]?.stringValue ?? "")"
    }

    private static func sequence(_ promotion: Value) -> Int64 {
        promotion["spec", "sequence"]?.integerValue ?? 0
    }

    /// Promotions that have ended are history, but for the last one of an environment where it never came there.
    private mutating func promotion(_ object: Value, isLast: Bool) {
        let status = object["status"]
        let phase = status?["phase"]?.stringValue ?? "Waiting"
        let blocker = status?["blocker"]
        let line = Self.line(
            object, phase, blocker?["reason"]?.stringValue,
            blocker?["message"]?.stringValue ?? status?["message"]?.stringValue,
            until: blocker?["until"]?.stringValue)
        switch phase {
        case "Waiting": waiting.append(line)
        case "Landing", "Verifying": moving.append(line)
        case "Failed" where isLast && !isFailed(Self.place(of: object)): trouble.append(line)
        default: return
        }
    }

    /// Whether an environment is told as failed itself.
    private func isFailed(_ place: String) -> Bool {
        places.contains { "\($0.service)/\($0.environment)" == place && $0.phase == "Failed" }
    }

    private mutating func delivery(_ object: Value) {
        if let valid = object.conditions["Valid"], valid.status == .isFalse {
            trouble.append(Self.line(object, valid.reason, valid.message))
        }
        for environment in object["status", "environments"]?.arrayValue ?? [] {
            func text(_ key: String) -> String? { environment[key]?.stringValue }
            let name = text("name") ?? ""
            places.append(
                Place(
                    service: object.metadata.name, environment: name,
                    release: text("release") ?? text("digest") ?? "",
                    commit: String((text("commit") ?? "").prefix(12)), phase: text("phase") ?? "",
                    since: text("since") ?? ""))
            guard text("phase") == "Failed" else { continue }
            let blocker = environment["blocker"]
            var line = Self.line(
                object, "Failed", blocker?["reason"]?.stringValue, blocker?["message"]?.stringValue)
            line.object += " in \(name)"
            trouble.append(line)
        }
    }

    private mutating func rollout(_ object: Value) {
        let status = object["status"]
        let weight = status?["canary", "weights", "canary", "weight"]?.integerValue
        let share = weight.flatMap { $0 > 0 ? "\($0) % of requests" : nil }
        let line = Self.line(
            object, status?["phase"]?.stringValue ?? "Progressing", share, status?["message"]?.stringValue)
        switch status?["phase"]?.stringValue {
        case "Healthy": return
        case "Degraded": trouble.append(line)
        case "Paused": waiting.append(line)
        default: moving.append(line)
        }
    }

    private mutating func application(_ object: Value) {
        let status = object["status"]
        let sync = status?["sync", "status"]?.stringValue ?? "Unknown"
        let health = status?["health", "status"]?.stringValue ?? "Unknown"
        let conditions = (status?["conditions"]?.arrayValue ?? []).compactMap { $0["message"]?.stringValue }
        let phase = status?["operationState", "phase"]?.stringValue
        let message = status?["operationState", "message"]?.stringValue
        let line = Self.line(
            object, "\(sync), \(health)", conditions.first, phase == "Succeeded" ? nil : message)
        if phase == "Running" || health == "Progressing" {
            moving.append(line)
        } else if sync != "Synced" || health != "Healthy" {
            trouble.append(line)
        }
    }

    /// One in quarantine needs somebody until there is a newer one.
    private mutating func release(_ object: Value) {
        guard object["status", "phase"]?.stringValue == "Quarantined" else { return }
        trouble.append(Self.line(object, "Quarantined", object["status", "message"]?.stringValue))
    }

    private mutating func repository(_ object: Value) {
        guard let attested = object.conditions["Attested"], attested.status == .isFalse else { return }
        trouble.append(Self.line(object, attested.reason, attested.message))
    }
}
