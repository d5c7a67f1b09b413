/// Who answers which request: HTTPRoutes and the endpoints behind their backends, as plain values.
///
/// Built by a controller from Gateway API and Service objects; the router compiles it once and looks requests up
/// in the compiled form.
public struct RoutingTable: Sendable, Hashable {
    /// In any order: matches are sorted by their precedence.
    public var routes: [Route]

    /// A table of routes; without any, every request is answered with 404.
    public init(routes: [Route] = []) {
        self.routes = routes
    }

    /// One HTTPRoute attached to a gateway.
    public struct Route: Sendable, Hashable {
        /// The namespace of the HTTPRoute.
        public var namespace: String
        /// The name of the HTTPRoute.
        public var name: String
        /// The object's creation timestamp (RFC 3339): of two equal matches, the older route's wins.
        public var created: String
        /// Exact names or `*.suffix`; empty for every host.
        public var hostnames: [String]
        /// In the order of the object, which decides between equal matches.
        public var rules: [Rule]

        /// A route; without hostnames it takes the requests of every host.
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
        /// Where matching requests go; those with no weight at all are answered with 500.
        public var backends: [WeightedBackend]
        /// How long a response may take to begin; nil for the router's default.
        public var timeout: Duration?
        /// What is changed of requests and answers.
        public var filters: Filters

        /// A rule; without matches it takes every path.
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
        /// What is changed of requests before a pod sees them.
        public var request: HeaderChange?
        /// What is changed of answers before the client sees them.
        public var response: HeaderChange?
        /// Answers requests by sending clients elsewhere; no backend sees them.
        public var redirect: Redirect?

        /// Filters that change nothing.
        public init() {}
    }

    /// Headers that are set, added and removed, in this order.
    public struct HeaderChange: Sendable, Hashable {
        /// Headers that have exactly this value afterwards.
        public var set: [Match.Field]
        /// Headers that are there besides those of the same name.
        public var add: [Match.Field]
        /// Names of headers that are not there afterwards.
        public var remove: [String]

        /// A change; without arguments it changes nothing.
        public init(set: [Match.Field] = [], add: [Match.Field] = [], remove: [String] = []) {
            self.set = set
            self.add = add
            self.remove = remove
        }
    }

    /// Where a redirected client is sent; what is nil stays as the request has it.
    public struct Redirect: Sendable, Hashable {
        /// `http` or `https`.
        public var scheme: String?
        /// The host to go to.
        public var hostname: String?
        /// The port to go to.
        public var port: Int?
        /// 301 or 302.
        public var status: Int

        /// A redirection that keeps what is not given.
        public init(scheme: String? = nil, hostname: String? = nil, port: Int? = nil, status: Int = 302) {
            self.scheme = scheme
            self.hostname = hostname
            self.port = port
            self.status = status
        }
    }

    /// What a request must be like; every part given must hold.
    public struct Match: Sendable, Hashable {
        /// How the path must begin, or what it must be.
        public enum Path: Sendable, Hashable {
            case exact(String)
            /// Whole path elements: `/foo` matches `/foo` and `/foo/bar`, not `/foobar`.
            case prefix(String)
        }

        /// A header or query parameter that must have exactly this value.
        public struct Field: Sendable, Hashable {
            /// The name of the header or parameter.
            public var name: String
            /// The value it must have.
            public var value: String

            /// A field of a name and a value.
            public init(_ name: String, _ value: String) {
                self.name = name
                self.value = value
            }
        }

        /// What the path must be like.
        public var path: Path
        /// The method, nil for any.
        public var method: String?
        /// Headers that must all be there.
        public var headers: [Field]
        /// Query parameters that must all be there.
        public var query: [Field]

        /// A match; without arguments every request has it.
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
        /// Where the share goes.
        public var backend: Backend
        /// The share is the weight over the sum of the rule's weights; 0 gets nothing.
        public var weight: Int

        /// A backend with its share.
        public init(_ backend: Backend, weight: Int = 1) {
            self.backend = backend
            self.weight = weight
        }
    }

    /// One port of one Service, with the pods that are ready behind it.
    public struct Backend: Sendable, Hashable {
        /// The namespace of the service.
        public var namespace: String
        /// The name of the service.
        public var service: String
        /// The port of the service.
        public var port: Int
        /// The ready pods; none means 503.
        public var endpoints: [Endpoint]
        /// Whether there is no such service or it may not be used: its share of requests is answered with 500, as the
        /// Gateway API wants it, and not given to others.
        public var isInvalid = false

        /// A backend; without endpoints its requests are answered with 503.
        public init(namespace: String, service: String, port: Int, endpoints: [Endpoint]) {
            self.namespace = namespace
            self.service = service
            self.port = port
            self.endpoints = endpoints
        }
    }

    /// One ready pod.
    public struct Endpoint: Sendable, Hashable {
        /// The pod's IP address.
        public var address: String
        /// The port on which the pod listens.
        public var port: Int
        /// The pod's name, for metrics.
        public var pod: String
        /// The label that tells canary pods from stable ones.
        public var podTemplateHash: String

        /// An endpoint; the names are for metrics alone.
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
