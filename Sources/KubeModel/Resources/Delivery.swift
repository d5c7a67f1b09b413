import Manifest

/// What a `Delivery` object (slipway.dev/v1alpha1) asks for: a service's environments in order, and the rules between
/// them. The object's name is the service's.
///
/// It is a mirror of `services/<service>/delivery.yaml` in the config repository; what is not said there follows from
/// conventions.
public struct DeliverySpec: Codable, Sendable, Hashable {
    /// A test that runs in an environment after each promotion to it.
    public struct Smoke: Codable, Sendable, Hashable {
        /// A file with a Job, its path from the service's folder.
        public var job: String?
        /// A command to run in place of a Job of one's own.
        public var command: [String]?
        /// The image of the command; the promoted one where nothing is said.
        public var image: String?
        /// How long the test may take, as `2m`; five minutes where nothing is said.
        public var timeout: String?

        public init(
            job: String? = nil, command: [String]? = nil, image: String? = nil, timeout: String? = nil
        ) {
            self.job = job
            self.command = command
            self.image = image
            self.timeout = timeout
        }
    }

    /// A time in which nothing is promoted but rollbacks.
    public struct Freeze: Codable, Sendable, Hashable {
        /// When it begins: RFC 3339, or `HH:MM` of each of the days. From always, or the day's start, where missing.
        public var from: String?
        /// When it ends: RFC 3339, or `HH:MM`, of the next day where that is not after the beginning.
        public var until: String?
        /// The days of the week it is for, `Mon` … `Sun`; none for a freeze that comes once.
        public var days: [String]?
        /// How far the hours of the days are from UTC, as `+02:00`.
        public var zone: String?
        public var reason: String?

        public init(
            from: String? = nil, until: String? = nil, days: [String]? = nil, zone: String? = nil,
            reason: String? = nil
        ) {
            self.from = from
            self.until = until
            self.days = days
            self.zone = zone
            self.reason = reason
        }
    }

    /// A place that the service runs in.
    public struct Environment: Codable, Sendable, Hashable {
        public var name: String
        /// Whether users depend on it: then every promotion needs an approval. Told from the name where nothing is said.
        public var production: Bool?
        /// How many people must approve a promotion, none of them an author of the change.
        public var approvals: Int?
        /// How long a release must run here without a break before it may go on, as `10m`.
        public var soak: String?
        /// Whether a newer release waits until the present one has soaked.
        public var holds: Bool?
        public var smoke: Smoke?
        public var freeze: [Freeze]?
        /// The file that names the image, its path from the service's folder.
        public var path: String?
        /// The path of the value in the file, for files that are no kustomization: `.image.digest`.
        public var field: String?
        /// What the value is: `Digest`, `Tag` (the commit), `Image` (repository and digest).
        public var value: Field?
        /// Where the workloads run; `<service>-<environment>` where nothing is said.
        public var namespace: String?
        /// The Application that deploys it; `<service>-<environment>` where nothing is said.
        public var application: String?
        /// Whether a pull request is open while a promotion waits for approval. It is, where nothing is said.
        public var pullRequest: Bool?

        public init(
            name: String, production: Bool? = nil, approvals: Int? = nil, soak: String? = nil,
            holds: Bool? = nil, smoke: Smoke? = nil, freeze: [Freeze]? = nil, path: String? = nil,
            field: String? = nil, value: Field? = nil, namespace: String? = nil, application: String? = nil,
            pullRequest: Bool? = nil
        ) {
            self.name = name
            self.production = production
            self.approvals = approvals
            self.soak = soak
            self.holds = holds
            self.smoke = smoke
            self.freeze = freeze
            self.path = path
            self.field = field
            self.value = value
            self.namespace = namespace
            self.application = application
            self.pullRequest = pullRequest
        }

        /// Whether users depend on it.
        public var isProduction: Bool { production ?? Self.isProductionName(name) }

        /// The approvals that a promotion needs; production never goes without.
        public var requiredApprovals: Int { max(approvals ?? 0, isProduction ? 1 : 0) }

        /// Whether a name is one that production has: `production`, `prod`, or one of these and a dash.
        public static func isProductionName(_ name: String) -> Bool {
            ["production", "prod"].contains { name == $0 || name.hasPrefix($0 + "-") }
        }
    }

    /// What stands in the field that a promotion changes.
    public enum Field: String, Codable, Sendable, Hashable {
        case digest = "Digest"
        /// The full commit, which is the only tag an image has.
        case tag = "Tag"
        /// `repository@digest`.
        case image = "Image"
    }

    /// The Repository that the service's releases come from; the service's name where nothing is said.
    public var repository: String?
    /// What kustomizations call the image; the service's name where nothing is said.
    public var image: String?
    /// In the order in which a release goes through them.
    public var environments: [Environment]
    /// For all environments.
    public var freeze: [Freeze]?
    /// Why nothing is promoted at all but rollbacks; nil where it is.
    public var stopTheLine: String?

    public init(
        repository: String? = nil, image: String? = nil, environments: [Environment],
        freeze: [Freeze]? = nil, stopTheLine: String? = nil
    ) {
        self.repository = repository
        self.image = image
        self.environments = environments
        self.freeze = freeze
        self.stopTheLine = stopTheLine
    }
}

extension ResourceDefinition {
    private static let text: Value = ["type": "string", "minLength": 1, "maxLength": 1024]
    private static let label: Value = ["type": "string", "pattern": "^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$"]
    private static let freezes: Value = [
        "type": "array", "maxItems": 32,
        "items": [
            "type": "object",
            "properties": [
                "from": text, "until": text, "zone": text, "reason": text,
                "days": [
                    "type": "array",
                    "items": [
                        "type": "string", "enum": ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"],
                    ],
                ],
            ],
        ],
    ]
    private static let smoke: Value = [
        "type": "object",
        "properties": [
            "job": text, "command": ["type": "array", "items": ["type": "string"]], "image": text,
            "timeout": text,
        ],
    ]
    private static let environment: Value = [
        "type": "object", "required": ["name"],
        "properties": [
            "name": label, "production": ["type": "boolean"],
            "approvals": ["type": "integer", "minimum": 0, "maximum": 20], "soak": text,
            "holds": ["type": "boolean"], "smoke": smoke, "freeze": freezes, "path": text, "field": text,
            "value": ["type": "string", "enum": ["Digest", "Tag", "Image"]], "namespace": label,
            "application": label, "pullRequest": ["type": "boolean"],
        ],
    ]

    /// `deliveries.slipway.dev`.
    public static let deliveries = ResourceDefinition(
        .deliveries, kind: "Delivery", shortNames: ["dly"], categories: ["slipway"],
        spec: [
            "type": "object", "required": ["environments"],
            "properties": [
                "repository": text, "image": text, "freeze": freezes, "stopTheLine": text,
                "environments": ["type": "array", "maxItems": 32, "items": environment],
            ],
        ],
        status: ResourceDefinition.anyObject,
        columns: [
            Column("Valid", path: ".status.conditions[?(@.type==\"Valid\")].status"),
            Column("Summary", path: ".status.summary"),
            Column("Age", type: "date", path: ".metadata.creationTimestamp"),
        ])
}

extension GroupVersionResource {
    public static let deliveries = GroupVersionResource(
        group: "slipway.dev", version: "v1alpha1", resource: "deliveries")
}
