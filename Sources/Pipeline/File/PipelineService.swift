/// A program beside the steps of a run, such as a database; it starts before any step needs it.
public struct PipelineService: Sendable, Hashable {
    /// How a service tells that it can be used.
    public enum Probe: Sendable, Hashable {
        /// A command in the service's container ends with 0.
        case exec([String])
        /// A port accepts connections.
        case tcp(Int)
        /// A path answers with a status from 200 to 399.
        case http(port: Int, path: String)
        /// A statement succeeds on the database (PostgreSQL, over TCP with the service's own user and password).
        case sql(String)
    }

    /// The text of a variable.
    public enum EnvironmentText: Sendable, Hashable {
        case text(String)
        /// A password of so many characters, made for each run.
        case generated(length: Int)
    }

    /// A variable of the service's container.
    public struct Variable: Sendable, Hashable {
        /// As the service's program knows it.
        public var name: String
        /// A text of the file, or a password of the run's own.
        public var text: EnvironmentText
    }

    /// Also the host name under which steps reach it.
    public var name: String
    /// What its container is started from.
    public var image: ImageSource
    /// What the container runs, by the shell; nil leaves that to the image.
    public var script: String?
    /// In the order of the file.
    public var environment: [Variable] = []
    /// Where it listens.
    public var port: Int
    /// How it is found out that it is ready.
    public var probe: Probe
    /// The time between two looks.
    public var interval: Duration = .milliseconds(200)
    /// The time after which a service that is not ready fails the run.
    public var readyTimeout: Duration = .seconds(60)
    /// Variables for steps, with the placeholders `{host}`, `{port}`, `{password}`, `{user}`, `{database}`.
    public var provides: [NameAndText] = []
    /// What its container may use.
    public var resources = StepResources()
    /// `user:group`, numbers; nil for the image's own.
    public var user: String?
    /// Whether every step has a copy of the database for itself (PostgreSQL).
    public var isolatesSteps = false

    /// What the placeholders of ``provides`` stand for, apart from host, port and password.
    public func plainVariable(_ names: String...) -> String? {
        for name in names {
            for variable in environment where variable.name == name {
                if case .text(let text) = variable.text { return text }
            }
        }
        return nil
    }

    /// Whether it is known to be PostgreSQL: by how it tells that it is ready, by its image, or by its settings.
    var isPostgreSQL: Bool {
        switch probe {
        case .sql: return true
        case .exec(let words) where words.first?.split(separator: "/").last == "pg_isready": return true
        default: break
        }
        if case .reference(let reference) = image {
            let path = reference.split(separator: "@").first ?? ""
            if path.split(separator: "/").last?.hasPrefix("postg") == true { return true }
        }
        return environment.contains { $0.name == "POSTGRES_DB" || $0.name == "POSTGRES_PASSWORD" }
    }

    /// The database user that the service is set up with.
    public var databaseUser: String { plainVariable("POSTGRES_USER", "MYSQL_USER") ?? "postgres" }

    /// The database that the service is set up with.
    public var databaseName: String { plainVariable("POSTGRES_DB", "MYSQL_DATABASE") ?? databaseUser }

    /// The database that a step is given: the service's own, or the step's copy of it.
    func database(of step: StepID) -> String {
        guard isolatesSteps else { return databaseName }
        let suffix = "\(step.gate.rawValue)_\(step.name.replacing("-", with: "_"))"
        // PostgreSQL cuts names after 63 bytes, which must not make two of them one.
        return "\(databaseName.prefix(62 - suffix.utf8.count))_\(suffix)"
    }

    /// The variable whose text is generated, which `{password}` stands for.
    public var passwordVariable: Variable? {
        environment.first { if case .generated = $0.text { true } else { false } }
    }
}

/// The placeholders of ``PipelineService/provides``.
enum ServicePlaceholder: String, CaseIterable {
    case host, port, password, user, database

    /// The placeholders of a text in their order, and those that are not known.
    static func scan(_ text: String) -> (known: [ServicePlaceholder], unknown: [String]) {
        var known: [ServicePlaceholder] = []
        var unknown: [String] = []
        var rest = Substring(text)
        while let open = rest.firstIndex(of: "{") {
            rest = rest[rest.index(after: open)...]
            guard let close = rest.firstIndex(of: "}") else { break }
            let name = String(rest[..<close])
            if let placeholder = ServicePlaceholder(rawValue: name) {
                known.append(placeholder)
            } else {
                unknown.append(name)
            }
            rest = rest[rest.index(after: close)...]
        }
        return (known, unknown)
    }

    /// The text with every placeholder replaced. Values are not looked through again.
    static func expand(_ text: String, _ value: (ServicePlaceholder) -> String) -> String {
        var result = ""
        var rest = Substring(text)
        while let open = rest.firstIndex(of: "{") {
            result += rest[..<open]
            let inner = rest[rest.index(after: open)...]
            guard let close = inner.firstIndex(of: "}"),
                let placeholder = ServicePlaceholder(rawValue: String(inner[..<close]))
            else {
                result.append("{")
                rest = inner
                continue
            }
            result += value(placeholder)
            rest = inner[inner.index(after: close)...]
        }
        return result + rest
    }
}
