import KubeModel

/// How a server treats fields it does not know, and fields given twice.
public enum FieldValidation: String, Sendable {
    case ignore = "Ignore"
    case warn = "Warn"
    case strict = "Strict"
}

/// What can be asked of a create, update or patch besides the change itself.
public struct WriteOptions: Sendable, Hashable {
    /// Whether the server only checks the change and answers what would be.
    public var isDryRun = false
    /// Who owns the fields that are written; nil leaves the name to the server.
    public var fieldManager: String?
    /// Nil leaves it to the server, which warns.
    public var fieldValidation: FieldValidation?

    /// A list from the store's newest state, in one page.
    public init() {}

    var parameters: [APIRequest.Parameter] {
        var parameters: [APIRequest.Parameter] = []
        if isDryRun { parameters.append(.init("dryRun", "All")) }
        if let fieldManager { parameters.append(.init("fieldManager", fieldManager)) }
        if let fieldValidation { parameters.append(.init("fieldValidation", fieldValidation.rawValue)) }
        return parameters
    }
}

/// Which objects of a collection are meant.
public struct Selection: Sendable, Hashable {
    /// A label selector as kubectl takes it: `app=web,tier in (a,b)`.
    public var labels: String?
    /// A field selector: `metadata.name=web`.
    public var fields: String?

    /// A selection by the texts that `kubectl` takes for `-l` and `--field-selector`; nil selects everything.
    public init(labels: String? = nil, fields: String? = nil) {
        self.labels = labels
        self.fields = fields
    }

    /// Every object.
    public static let all = Selection()

    var parameters: [APIRequest.Parameter] {
        var parameters: [APIRequest.Parameter] = []
        if let labels { parameters.append(.init("labelSelector", labels)) }
        if let fields { parameters.append(.init("fieldSelector", fields)) }
        return parameters
    }
}

/// How fresh a read must be.
public enum Freshness: Sendable, Hashable {
    /// The newest state there is.
    case newest
    /// Any state the server has at hand, maybe an old one.
    case any
    /// At least as new as the resource version.
    case notOlderThan(String)
    /// Exactly the state at the resource version.
    case exactly(String)

    var parameters: [APIRequest.Parameter] {
        switch self {
        case .newest: []
        case .any: [.init("resourceVersion", "0")]
        case .notOlderThan(let version):
            [.init("resourceVersion", version), .init("resourceVersionMatch", "NotOlderThan")]
        case .exactly(let version):
            [.init("resourceVersion", version), .init("resourceVersionMatch", "Exact")]
        }
    }
}

/// How an object is deleted.
public struct DeleteOptions: Sendable, Hashable {
    /// What happens to the objects that it owns.
    public enum Propagation: String, Sendable {
        /// They stay, without an owner.
        case orphan = "Orphan"
        /// They go afterwards.
        case background = "Background"
        /// They go first.
        case foreground = "Foreground"
    }

    /// Nil leaves it to the resource.
    public var propagation: Propagation?
    /// How long the object may take to end; nil for its own period.
    public var gracePeriodSeconds: Int?
    /// The uid the object must have, so that no namesake is deleted in its place.
    public var uid: String?
    /// The resource version the object must have, so that no unseen change is deleted with it.
    public var resourceVersion: String?
    /// Whether the server only says what would happen.
    public var isDryRun = false

    /// Deletes the way the kind is deleted by default.
    public init() {}
}
