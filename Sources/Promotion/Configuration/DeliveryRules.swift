public import KubeModel
public import Manifest

/// What a delivery must keep to, wherever it comes from.
public enum DeliveryRules {
    /// A fault and the path to what is at fault.
    public struct Fault: Sendable, Hashable {
        /// Where in the delivery it is.
        public var path: [YAMLPath.Step]
        /// What is wrong, and what would be right.
        public var message: String
    }

    /// Everything that is wrong with a service's delivery; none where it can be worked with.
    public static func faults(of spec: DeliverySpec, service: String) -> [Fault] {
        var faults = DeliveryNames.faults(of: service)
        let root: [YAMLPath.Step] = [.key("spec")]
        func add(_ path: [YAMLPath.Step], _ message: String) {
            faults.append(Fault(path: path, message: message))
        }
        if spec.environments.isEmpty {
            add(root + [.key("environments")], "must name at least one environment")
        }
        if spec.environments.count > 32 { add(root + [.key("environments")], "must be at most 32") }
        for (key, text) in [("repository", spec.repository), ("image", spec.image)]
        where text?.isEmpty == true {
            add(root + [.key(key)], "must not be empty")
        }
        faults += freezes(spec.freeze, root + [.key("freeze")])
        var names: Set<String> = []
        var places: Set<String> = []
        for (index, environment) in spec.environments.enumerated() {
            let path = root + [.key("environments"), .index(index)]
            if !names.insert(environment.name).inserted {
                add(
                    path + [.key("name")],
                    "\"\(environment.name)\" is an environment already; names must differ")
            }
            faults += self.faults(of: environment, path)
            let conventions = DeliveryConventions(service: service, spec)
            faults += DeliveryNames.faults(of: environment, conventions, path)
            if let target = try? conventions.target(environment), !places.insert(target.description).inserted
            {
                add(path, "changes the same field as an environment above; give it a `path` of its own")
            }
        }
        return faults
    }

    private static func faults(of environment: DeliverySpec.Environment, _ path: [YAMLPath.Step]) -> [Fault] {
        var faults: [Fault] = []
        func add(_ key: String, _ message: String) {
            faults.append(Fault(path: path + [.key(key)], message: message))
        }
        for (key, name) in [
            ("name", environment.name as String?), ("namespace", environment.namespace),
            ("application", environment.application),
        ] {
            guard let name, !DeliveryNames.isLabel(name) else { continue }
            add(key, "\"\(name)\" \(DeliveryNames.rule)")
        }
        if environment.production == false, DeliverySpec.Environment.isProductionName(environment.name) {
            add("production", "an environment called \(environment.name) is production; call it otherwise")
        }
        if let approvals = environment.approvals {
            if approvals < 0 || approvals > 20 { add("approvals", "must lie between 0 and 20") }
            if approvals == 0, environment.isProduction {
                add("approvals", "production needs at least one approval")
            }
        }
        if let soak = environment.soak, DurationText.parse(soak) == nil {
            add("soak", "\"\(soak)\" is no time; write it as 90s, 10m, 1h30m or 2d")
        }
        if let value = environment.path, !isPath(value) {
            add("path", "\"\(value)\" must be a path below the service's folder")
        }
        if let field = environment.field {
            do throws(ManifestError) {
                if try YAMLPath(field).steps.isEmpty { add("field", "must lead to a value") }
            } catch {
                add("field", error.message)
            }
            if environment.path == nil { add("field", "needs the `path` of the file that it stands in") }
        } else if environment.value == .image {
            add("value", "a kustomization holds a Digest or a Tag; Image needs a `field`")
        }
        if let smoke = environment.smoke {
            faults += self.faults(of: smoke, path + [.key("smoke")])
        }
        return faults + freezes(environment.freeze, path + [.key("freeze")])
    }

    private static func faults(of smoke: DeliverySpec.Smoke, _ path: [YAMLPath.Step]) -> [Fault] {
        var faults: [Fault] = []
        if (smoke.job == nil) == (smoke.command == nil) {
            faults.append(Fault(path: path, message: "needs either a `command` or the file of a `job`"))
        }
        if smoke.command?.isEmpty == true {
            faults.append(Fault(path: path + [.key("command")], message: "must name a program"))
        }
        if smoke.image != nil, smoke.command == nil {
            faults.append(
                Fault(path: path + [.key("image")], message: "is for a `command`; a job names its own"))
        }
        if let job = smoke.job, !isPath(job) {
            faults.append(
                Fault(
                    path: path + [.key("job")],
                    message: "\"\(job)\" must be a path below the service's folder"))
        }
        if let timeout = smoke.timeout, (DurationText.parse(timeout) ?? .zero) <= .zero {
            let message = "\"\(timeout)\" is no time; write it as 30s or 5m"
            faults.append(Fault(path: path + [.key("timeout")], message: message))
        }
        return faults
    }

    private static func freezes(_ freezes: [DeliverySpec.Freeze]?, _ path: [YAMLPath.Step]) -> [Fault] {
        var faults: [Fault] = []
        for (index, freeze) in (freezes ?? []).enumerated() {
            let place = path + [.index(index)]
            func add(_ key: String, _ message: String) {
                faults.append(Fault(path: place + [.key(key)], message: message))
            }
            let isWeekly = freeze.days?.isEmpty == false
            for (key, text) in [("from", freeze.from), ("until", freeze.until)] {
                guard let text else { continue }
                if isWeekly, FreezeCalendar.timeOfDay(text) == nil {
                    add(key, "\"\(text)\" is no time of day; write it as 18:00")
                } else if !isWeekly, Timestamp(rfc3339: text) == nil {
                    add(key, "\"\(text)\" is no moment; write it as 2026-12-24T18:00:00Z")
                }
            }
            for day in freeze.days ?? []
            where !["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"].contains(day) {
                add("days", "\"\(day)\" is no day; they are Mon, Tue, Wed, Thu, Fri, Sat, Sun")
            }
            if let zone = freeze.zone {
                if FreezeCalendar.zone(zone) == nil {
                    add("zone", "\"\(zone)\" must be a distance from UTC, as +02:00")
                }
                if !isWeekly { add("zone", "is for freezes with days; a moment has its own") }
            }
            if !isWeekly, freeze.from == nil, freeze.until == nil {
                faults.append(
                    Fault(
                        path: place,
                        message: "needs `until`, `from` or `days`; to stop for good use stopTheLine"))
            }
            if !isWeekly, let from = freeze.from.flatMap(Timestamp.init(rfc3339:)),
                let until = freeze.until.flatMap(Timestamp.init(rfc3339:)), until <= from
            {
                add("until", "must come after `from`")
            }
        }
        return faults
    }

    private static func isPath(_ text: String) -> Bool {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        return parts.allSatisfy { !$0.isEmpty && $0 != "." && $0 != ".." && $0.lowercased() != ".git" }
    }
}
