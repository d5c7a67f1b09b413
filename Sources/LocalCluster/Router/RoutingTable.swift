/// Who answers which request: HTTPRoutes and the endpoints behind their backends, as plain values.
///
/// Built by a controller from Gateway API and Service objects; the router compiles it once and looks requests up
/// in the compiled form.
public struct RoutingTable: Sendable, Hashable {
    public var routes: [Route]

    public init(routes: [Route] = []) {
        self.routes = routes
    }

    /// One HTTPRoute attached to a gateway.
    public struct Route: Sendable, Hashable {
        public var namespace: String
        public var name: String
        /// The object's creation timestamp (RFC 3339): of two equal matches, the older route's wins.
        public var created: String
        /// Exact names or `*.suffix`; empty for every host.
        public var hostnames: [String]
        public var rules: [Rule]

        public init(
            namespace: String, name: String, created: String = "", hostnames: [String] = [], rules: [Rule]
        ) {
            self.namespace = namespace
            self.name = name
            self.created = created
            self.hostnames = hostnames
            self.rules = rules
        }
    }

    /// Requests that match any of `matches` are split over `backends` by weight.
    public struct Rule: Sendable, Hashable {
        /// Empty means every path.
        public var matches: [Match]
        public var backends: [WeightedBackend]
        /// How long a response may take to begin; nil for the router's default.
        public var timeout: Duration?
        /// What is changed of requests and answers.
        public var filters: Filters

        public init(
            matches: [Match] = [], backends: [WeightedBackend], timeout: Duration? = nil,
            filters: Filters = Filters()
        ) {
            self.matches = matches
            self.backends = backends
            self.timeout = timeout
            self.filters = filters
        }
    }

    /// What a rule changes of the requests it takes and of their answers.
    public struct Filters: Sendable, Hashable {
        public var request: HeaderChange?
        public var response: HeaderChange?
        /// Answers requests by sending clients elsewhere; no backend sees them.
        public var redirect: Redirect?

        public init() {}
    }

    /// Headers that are set, added and removed, in this order.
    public struct HeaderChange: Sendable, Hashable {
        public var set: [Match.Field]
        public var add: [Match.Field]
        public var remove: [String]

        public init(set: [Match.Field] = [], add: [Match.Field] = [], remove: [String] = []) {
            self.set = set
            self.add = add
            self.remove = remove
        }
    }

    /// Where a redirected client is sent; what is nil stays as the request has it.
    public struct Redirect: Sendable, Hashable {
        public var scheme: String?
        public var hostname: String?
        public var port: Int?
        public var status: Int

        public init(scheme: String? = nil, hostname: String? = nil, port: Int? = nil, status: Int = 302) {
            self.scheme = scheme
            self.hostname = hostname
            self.port = port
            self.status = status
        }
    }

    /// What a request must be like; every part given must hold.
    public struct Match: Sendable, Hashable {
        public enum Path: Sendable, Hashable {
            case exact(String)
            /// Whole path elements: `/foo` matches `/foo` and `/foo/bar`, not `/foobar`.
            case prefix(String)
        }

        /// A header or query parameter that must have exactly this value.
        public struct Field: Sendable, Hashable {
            public var name: String
            public var value: String

            public init(_ name: String, _ value: String) {
                self.name = name
                self.value = value
            }
        }

        public var path: Path
        public var method: String?
        public var headers: [Field]
        public var query: [Field]

        public init(
            path: Path = .prefix("/"), method: String? = nil, headers: [Field] = [], query: [Field] = []
        ) {
            self.path = path
            self.method = method
            self.headers = headers
            self.query = query
        }
    }

    /// A backend's part of a rule's traffic.
    public struct WeightedBackend: Sendable, Hashable {
        public var backend: Backend
        /// The share is the weight over the sum of the rule's weights; 0 gets nothing.
        public var weight: Int

        public init(_ backend: Backend, weight: Int = 1) {
            self.backend = backend
            self.weight = weight
        }
    }

    /// One port of one Service, with the pods that are ready behind it.
    public struct Backend: Sendable, Hashable {
        public var namespace: String
        public var service: String
        public var port: Int
        public var endpoints: [Endpoint]
        /// Whether there is no such service or it may not be used: its share of requests is answered with 500, as the
        /// Gateway API wants it, and not given to others.
        public var isInvalid = false

        public init(namespace: String, service: String, port: Int, endpoints: [Endpoint]) {
            self.namespace = namespace
            self.service = service
            self.port = port
            self.endpoints = endpoints
        }
    }

    /// One ready pod.
    public struct Endpoint: Sendable, Hashable {
        public var address: String
        public var port: Int
        /// The pod's name, for metrics.
        public var pod: String
        /// The label that tells canary pods from stable ones.
        public var podTemplateHash: String

        public init(address: String, port: Int, pod: String = "", podTemplateHash: String = "") {
            self.address = address
            self.port = port
            self.pod = pod
            self.podTemplateHash = podTemplateHash
        }
    }

    /// Every endpoint the table can send a request to.
    var endpoints: Set<Endpoint> {
        Set(routes.flatMap(\.rules).flatMap(\.backends).flatMap(\.backend.endpoints))
    }
}
