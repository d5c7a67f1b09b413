/// What the router counted for one pod behind one backend, since it first sent it a request.
public struct RouterMetrics: Sendable, Hashable {
    /// Who answered. `pod` is empty for answers the router had to give itself because nobody was there.
    public struct Key: Sendable, Hashable {
        /// The namespace of the service.
        public var namespace: String
        /// The service that the request was sent to.
        public var service: String
        /// The pod that answered.
        public var pod: String
        /// The label that tells the versions of a Deployment or Rollout apart.
        public var podTemplateHash: String
    }

    /// Upper bounds of the latency buckets, in seconds; a last bucket takes the rest.
    public static let bucketBounds: [Double] = [
        0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
    ]

    /// Responses by status class: index 0 for 1xx to index 4 for 5xx.
    public internal(set) var responses: [UInt64] = Array(repeating: 0, count: 5)
    /// Requests by latency bucket, not cumulated; one more than there are bounds.
    public internal(set) var buckets: [UInt64] = Array(
        repeating: 0, count: RouterMetrics.bucketBounds.count + 1)
    /// Seconds from a request's head to its response's end, summed.
    public internal(set) var seconds: Double = 0

    /// All responses.
    public var count: UInt64 { responses.reduce(0, +) }

    mutating func record(status: Int, seconds: Double) {
        responses[min(max(status / 100, 1), 5) - 1] += 1
        buckets[Self.bucketBounds.firstIndex { seconds <= $0 } ?? Self.bucketBounds.count] += 1
        self.seconds += seconds
    }

    static func + (left: RouterMetrics, right: RouterMetrics) -> RouterMetrics {
        var sum = RouterMetrics()
        sum.responses = zip(left.responses, right.responses).map { $0 + $1 }
        sum.buckets = zip(left.buckets, right.buckets).map { $0 + $1 }
        sum.seconds = left.seconds + right.seconds
        return sum
    }

    /// The Prometheus text exposition (format 0.0.4) of a router's metrics.
    public static func prometheusText(_ metrics: [Key: RouterMetrics]) -> String {
        let sorted = metrics.sorted {
            ($0.key.namespace, $0.key.service, $0.key.pod) < ($1.key.namespace, $1.key.service, $1.key.pod)
        }
        var text =
            "# HELP slipway_router_requests_total Requests answered, by backend pod and status class.\n"
        text += "# TYPE slipway_router_requests_total counter\n"
        for (key, value) in sorted {
            for (index, count) in value.responses.enumerated() where count > 0 {
                text += "slipway_router_requests_total{\(labels(key)),code=\"\(index + 1)xx\"} \(count)\n"
            }
        }
        text += "# HELP slipway_router_request_duration_seconds Time from request head to response end.\n"
        text += "# TYPE slipway_router_request_duration_seconds histogram\n"
        for (key, value) in sorted {
            var cumulated: UInt64 = 0
            for (index, bound) in Self.bucketBounds.enumerated() {
                cumulated += value.buckets[index]
                text +=
                    "slipway_router_request_duration_seconds_bucket{\(labels(key)),le=\"\(bound)\"} \(cumulated)\n"
            }
            text +=
                "slipway_router_request_duration_seconds_bucket{\(labels(key)),le=\"+Inf\"} \(value.count)\n"
            text += "slipway_router_request_duration_seconds_sum{\(labels(key))} \(value.seconds)\n"
            text += "slipway_router_request_duration_seconds_count{\(labels(key))} \(value.count)\n"
        }
        return text
    }

    private static func labels(_ key: Key) -> String {
        [
            ("namespace", key.namespace), ("service", key.service), ("pod", key.pod),
            ("pod_template_hash", key.podTemplateHash),
        ].map { "\($0)=\"\(escape($1))\"" }.joined(separator: ",")
    }

    private static func escape(_ text: String) -> String {
        var escaped = ""
        for character in text {
            switch character {
            case "\\": escaped += "\\\\"
            case "\"": escaped += "\\\""
            case "\n": escaped += "\\n"
            default: escaped.append(character)
            }
        }
        return escaped
    }
}
