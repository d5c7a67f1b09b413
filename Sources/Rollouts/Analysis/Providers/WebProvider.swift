import Expression
import KubeModel
import Manifest

/// Asks any HTTP server for JSON (`provider.web`).
struct WebProvider: MetricProvider {
    let fetcher: Fetcher

    func run(_ metric: AnalysisMetric, in context: MeasurementContext) async -> AnalysisRunStatus.Measurement
    {
        var measurement = context.begin()
        do throws(RolloutsError) {
            let value = try await fetch(metric)
            measurement.value = value.stringValue ?? JSON.string(value)
            let outcome = MeasurementCondition.judge(
                ExpressionValue(json: value), by: metric, now: context.now.seconds * 1_000_000_000)
            measurement.phase = outcome.phase
            measurement.message = outcome.message
        } catch {
            return context.failure(error.message)
        }
        return measurement
    }

    private func fetch(_ metric: AnalysisMetric) async throws(RolloutsError) -> Value {
        let settings = metric.settings
        guard let url = settings["url"]?.stringValue else {
            throw RolloutsError(.invalidSpec, "metric '\(metric.name)': web.url is missing")
        }
        if settings["authentication"] != nil {
            throw RolloutsError(
                .unsupported,
                "metric '\(metric.name)': web.authentication is not supported; give a header instead")
        }
        var headers = (settings["headers"]?.arrayValue ?? []).compactMap { header -> (String, String)? in
            guard let key = header["key"]?.stringValue, let value = header["value"]?.stringValue else {
                return nil
            }
            return (key, value)
        }
        var body = settings["body"]?.stringValue.map { Array($0.utf8) }
        if let json = settings["jsonBody"] {
            body = JSON.write(json)
            headers.append(("Content-Type", "application/json"))
        }
        let answer = try await fetcher.fetch(
            url, method: settings["method"]?.stringValue ?? "GET", headers: headers, body: body,
            timeout: .seconds(settings["timeoutSeconds"]?.integerValue ?? 10))
        guard (200..<300).contains(answer.status) else {
            throw RolloutsError(.provider, "received non 2xx response code: \(answer.status)")
        }
        let path = settings["jsonPath"]?.stringValue ?? ""
        let document: Value
        do { document = try JSON.parse(answer.body) } catch {
            // Without a path any answer will do.
            if path.isEmpty { return .string(String(decoding: answer.body.prefix(1024), as: UTF8.self)) }
            throw RolloutsError(.provider, "Could not parse JSON body: \(error)")
        }
        guard !path.isEmpty else { return document }
        guard let query = JSONPath(path) else {
            throw RolloutsError(.invalidSpec, "metric '\(metric.name)': web.jsonPath '\(path)' is malformed")
        }
        let found = query.evaluate(document)
        guard let first = found.first else {
            throw RolloutsError(.provider, "Could not find JSONPath \(path) in body")
        }
        return found.count == 1 ? first : .array(found)
    }
}

extension ExpressionValue {
    /// JSON as conditions see it: all its numbers are floats, as Go reads them.
    init(json value: Value) {
        switch value {
        case .null: self = .null
        case .bool(let flag): self = .bool(flag)
        case .integer, .double: self = .float(value.doubleValue ?? .nan)
        case .string(let text): self = .string(text)
        case .array(let items): self = .array(items.map(ExpressionValue.init(json:)))
        case .object(let object):
            var map: [String: ExpressionValue] = [:]
            for pair in object { map[pair.key] = ExpressionValue(json: pair.value) }
            self = .map(map)
        }
    }
}
