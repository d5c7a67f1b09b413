import Expression
import Judge
import KubeModel
import Manifest

/// Queries a Prometheus server, for a moment or a range (`provider.prometheus`).
struct PrometheusProvider: MetricProvider {
    let fetcher: Fetcher

    func run(_ metric: AnalysisMetric, in context: MeasurementContext) async -> AnalysisRunStatus.Measurement
    {
        var measurement = context.begin()
        do throws(RolloutsError) {
            let result = try await query(metric, now: context.now)
            measurement.value = Self.text(result)
            let outcome = MeasurementCondition.judge(
                result, by: metric, now: context.now.seconds * 1_000_000_000 + Int64(context.now.nanoseconds))
            measurement.phase = outcome.phase
            measurement.message = outcome.message
        } catch {
            return context.failure(error.message)
        }
        return measurement
    }

    func metadata(of metric: AnalysisMetric) -> [String: String] {
        metric.settings["query"]?.stringValue.map { ["ResolvedPrometheusQuery": $0] } ?? [:]
    }

    // MARK: Query

    private func query(_ metric: AnalysisMetric, now: Timestamp) async throws(RolloutsError)
        -> ExpressionValue
    {
        let server = try PrometheusServer(metric.settings, fetcher: fetcher, metric: metric.name)
        guard let query = metric.settings["query"]?.stringValue else {
            throw RolloutsError(.invalidSpec, "metric '\(metric.name)': prometheus.query is missing")
        }
        guard let range = metric.settings["rangeQuery"] else {
            return try Self.value(try await server.instant(query, at: now))
        }
        let start = try time(range["start"], "start", metric, now)
        let end = try time(range["end"], "end", metric, now)
        guard let step = range["step"].flatMap(GoDuration.field), step > .zero else {
            throw RolloutsError(
                .invalidSpec, "metric '\(metric.name)': prometheus.rangeQuery.step is no duration such as 1m")
        }
        return try Self.value(try await server.range(query, from: start, to: end, step: step))
    }

    /// A time such as `now() - duration("5m")`, in seconds since 1970.
    private func time(
        _ value: Value?, _ field: String, _ metric: AnalysisMetric, _ now: Timestamp
    ) throws(RolloutsError) -> Double {
        let text = value?.stringValue ?? "now()"
        let environment = ExpressionEnvironment(now: now.seconds * 1_000_000_000 + Int64(now.nanoseconds))
        do {
            return Double(try CompiledExpression(text, variables: [:]).time(in: environment)) / 1e9
        } catch {
            throw RolloutsError(
                .invalidSpec, "metric '\(metric.name)': prometheus.rangeQuery.\(field) '\(text)': \(error)")
        }
    }

    // MARK: Answers

    /// What conditions see of an answer: a number, numbers, or for a range a list of numbers a series.
    static func value(_ data: Value) throws(RolloutsError) -> ExpressionValue {
        let result = data["result"]
        switch data["resultType"]?.stringValue {
        case "scalar": return .float(number(result?[1]))
        case "vector": return .array((result?.arrayValue ?? []).map { .float(number($0["value"]?[1])) })
        case "matrix":
            let series = (result?.arrayValue ?? []).map { series -> ExpressionValue in
                .array((series["values"]?.arrayValue ?? []).map { .float(number($0[1])) })
            }
            return .array(series)
        case "string": return .string(result?[1]?.stringValue ?? "")
        case let other:
            throw RolloutsError(.provider, "Prometheus metric type not supported: \(other ?? "none")")
        }
    }

    private static func number(_ value: Value?) -> Double {
        switch value?.stringValue {
        case "+Inf": .infinity
        case "-Inf": -.infinity
        case let text?: Double(text) ?? .nan
        case nil: value?.doubleValue ?? .nan
        }
    }

    /// A result as Argo Rollouts writes it into a measurement: `[0.97,1]`.
    static func text(_ value: ExpressionValue) -> String {
        switch value {
        case .array(let items): "[" + items.map(text).joined(separator: ",") + "]"
        case .float(let number):
            number == number.rounded() && abs(number) < 1e15 ? String(Int64(number)) : "\(number)"
        case .string(let text): text
        case .int(let number): String(number)
        case .bool(let flag): String(flag)
        default: "\(value)"
        }
    }
}

/// The HTTP API of one Prometheus server.
struct PrometheusServer: Sendable {
    private let address: String
    private let headers: [(String, String)]
    private let timeout: Duration
    private let fetcher: Fetcher

    /// Reads `address`, `headers` and `timeout` (seconds) of settings; without an address it is the one of the
    /// controllers' own settings.
    ///
    /// - Throws: `invalidSpec`, `unsupported` for what needs a cloud's own signatures.
    init(_ settings: Value, fetcher: Fetcher, metric: String) throws(RolloutsError) {
        let named = settings["address"]?.stringValue ?? ""
        guard let address = named.isEmpty ? fetcher.prometheus : named else {
            throw RolloutsError(
                .invalidSpec, "metric '\(metric)': prometheus.address is missing; name the server's URL")
        }
        for scheme in ["sigv4", "oauth2"] where settings["authentication", scheme] != nil {
            throw RolloutsError(
                .unsupported,
                "metric '\(metric)': prometheus.authentication.\(scheme) is not supported; give a header instead"
            )
        }
        self.address = address.hasSuffix("/") ? String(address.dropLast()) : address
        headers = (settings["headers"]?.arrayValue ?? []).compactMap { header in
            guard let key = header["key"]?.stringValue, let value = header["value"]?.stringValue else {
                return nil
            }
            return (key, value)
        }
        timeout = .seconds(settings["timeout"]?.integerValue ?? 30)
        self.fetcher = fetcher
    }

    /// The answer's `data` for a moment.
    func instant(_ query: String, at time: Timestamp) async throws(RolloutsError) -> Value {
        try await ask("query", [("query", query), ("time", "\(time.seconds).\(Self.milliseconds(time))")])
    }

    /// The answer's `data` for a range.
    func range(
        _ query: String, from start: Double, to end: Double, step: Duration
    ) async throws(RolloutsError) -> Value {
        let seconds = Double(step / .milliseconds(1)) / 1000
        return try await ask(
            "query_range",
            [("query", query), ("start", "\(start)"), ("end", "\(end)"), ("step", "\(seconds)")])
    }

    private static func milliseconds(_ time: Timestamp) -> String {
        let text = String(time.nanoseconds / 1_000_000)
        return String(repeating: "0", count: 3 - text.count) + text
    }

    private func ask(_ endpoint: String, _ form: [(String, String)]) async throws(RolloutsError) -> Value {
        let url = "\(address)/api/v1/\(endpoint)"
        let body = form.map { "\($0)=\(Self.escaped($1))" }.joined(separator: "&")
        let answer = try await fetcher.fetch(
            url, method: "POST", headers: headers + [("Content-Type", "application/x-www-form-urlencoded")],
            body: Array(body.utf8), timeout: timeout)
        guard let document = try? JSON.parse(answer.body), document["status"]?.stringValue == "success",
            let data = document["data"]
        else {
            let said = (try? JSON.parse(answer.body))?["error"]?.stringValue
            throw RolloutsError(
                .provider,
                "\(url) answered \(answer.status): \(said ?? String(decoding: answer.body.prefix(200), as: UTF8.self))"
            )
        }
        return data
    }

    private static func escaped(_ text: String) -> String {
        var escaped = ""
        for byte in text.utf8 {
            let character = Character(Unicode.Scalar(byte))
            if character.isASCII, character.isLetter || character.isNumber || "-._~".contains(character) {
                escaped.append(character)
            } else {
                let digits = String(byte, radix: 16, uppercase: true)
                escaped += "%" + (digits.count == 1 ? "0" : "") + digits
            }
        }
        return escaped
    }
}
