import KubeClient
import KubeModel
import Manifest

/// One series at one time.
struct SeriesSample: Sendable, Hashable {
    var labels: [String: String]
    var value: Double
    /// When it was scraped, where the source tells; nil where it is as of now.
    var scraped: Double?
}

/// Where raw counters come from.
protocol CounterSource: Sendable {
    /// Whether it can be asked for moments that are past.
    var hasHistory: Bool { get }

    /// The samples of the selectors at a time, all of one moment.
    ///
    /// - Throws: `provider` where the source gives no answer.
    func samples(
        of selectors: [SeriesSelector], at time: Timestamp
    ) async throws(RolloutsError) -> [SeriesSelector: [SeriesSample]]
}

/// Counters from a Prometheus server, each with the time of its scrape.
struct PrometheusSource: CounterSource {
    let server: PrometheusServer
    var hasHistory: Bool { true }

    func samples(
        of selectors: [SeriesSelector], at time: Timestamp
    ) async throws(RolloutsError) -> [SeriesSelector: [SeriesSample]] {
        var found: [SeriesSelector: [SeriesSample]] = [:]
        for selector in selectors {
            let values = try await server.instant(selector.description, at: time)
            let times = try await server.instant("timestamp(\(selector))", at: time)
            var scraped: [[String: String]: Double] = [:]
            for series in times["result"]?.arrayValue ?? [] {
                scraped[Self.labels(series)] = Double(series["value"]?[1]?.stringValue ?? "")
            }
            found[selector] = (values["result"]?.arrayValue ?? []).compactMap { series in
                guard let value = Double(series["value"]?[1]?.stringValue ?? "") else { return nil }
                let labels = Self.labels(series)
                return SeriesSample(labels: labels, value: value, scraped: scraped[labels])
            }
        }
        return found
    }

    private static func labels(_ series: Value) -> [String: String] {
        var labels: [String: String] = [:]
        for pair in series["metric"]?.objectValue ?? [:] where pair.key != "__name__" {
            labels[pair.key] = pair.value.stringValue
        }
        return labels
    }
}

/// Counters straight from a metrics endpoint, such as the embedded router's.
struct ExpositionSource: CounterSource {
    let url: String
    let fetcher: Fetcher
    /// Labels that series must have, beyond those of selectors.
    var labels: [String: String] = [:]
    var hasHistory: Bool { false }

    func samples(
        of selectors: [SeriesSelector], at time: Timestamp
    ) async throws(RolloutsError) -> [SeriesSelector: [SeriesSample]] {
        let answer = try await fetcher.fetch(url, timeout: .seconds(10))
        guard answer.status == 200 else {
            throw RolloutsError(.provider, "\(url) answered \(answer.status)")
        }
        var found: [SeriesSelector: [SeriesSample]] = [:]
        for series in Self.parse(String(decoding: answer.body, as: UTF8.self))
        where labels.allSatisfy({ series.sample.labels[$0.key] == $0.value }) {
            for selector in selectors where selector.selects(series.name, series.sample.labels) {
                found[selector, default: []].append(series.sample)
            }
        }
        return found
    }

    /// The series of a text exposition (Prometheus format 0.0.4); lines that are none are passed over.
    static func parse(_ text: String) -> [(name: String, sample: SeriesSample)] {
        // A line end of two bytes is one Character.
        text.split { $0 == "\n" || $0 == "\r\n" }.compactMap { line in
            guard !line.hasPrefix("#") else { return nil }
            var scanner = SelectorScanner(line)
            guard let name = scanner.name(colons: true) else { return nil }
            var labels: [String: String] = [:]
            if scanner.take("{") {
                while !scanner.take("}") {
                    scanner.skipSpaces()
                    guard let label = scanner.name(colons: false), scanner.take("="),
                        let value = scanner.quoted()
                    else { return nil }
                    labels[label] = value
                    if scanner.take(",") { scanner.skipSpaces() }
                }
            }
            scanner.skipSpaces()
            let number = scanner.rest.prefix { $0 != " " && $0 != "\t" && $0 != "\r" }
            let value: Double? = number == "+Inf" ? .infinity : Double(number)
            return value.map { (name, SeriesSample(labels: labels, value: $0, scraped: nil)) }
        }
    }
}

/// Counters of the router behind gateways, at the place that their class tells.
struct RouterSource: CounterSource {
    let gatewayClass: String
    let client: KubeClient
    let fetcher: Fetcher
    /// Versions of one template in two namespaces have one hash; only pods of this one are meant.
    let namespace: String
    var hasHistory: Bool { false }

    func samples(
        of selectors: [SeriesSelector], at time: Timestamp
    ) async throws(RolloutsError) -> [SeriesSelector: [SeriesSample]] {
        let found: Value
        do {
            found = try await client.get(GatewayAPI.gatewayClasses.resource, gatewayClass, namespace: nil)
        } catch {
            throw RolloutsError(.provider, "GatewayClass \(gatewayClass) cannot be read: \(error)")
        }
        guard let url = found.metadata.annotations[GatewayAPI.metricsAnnotation] else {
            throw RolloutsError(
                .provider,
                "GatewayClass \(gatewayClass) does not tell where its metrics are (annotation "
                    + "\(GatewayAPI.metricsAnnotation)); name a source.prometheus.address or source.exposition"
            )
        }
        return try await ExpositionSource(url: url, fetcher: fetcher, labels: ["namespace": namespace])
            .samples(of: selectors, at: time)
    }
}

extension JudgeSettings {
    /// Where the counters come from.
    ///
    /// - Throws: As ``PrometheusServer``.
    func source(
        _ fetcher: Fetcher, _ client: KubeClient, metric: String, namespace: String
    ) throws(RolloutsError) -> any CounterSource {
        switch counters {
        case .prometheus(let settings):
            PrometheusSource(server: try PrometheusServer(settings, fetcher: fetcher, metric: metric))
        case .exposition(let url): ExpositionSource(url: url, fetcher: fetcher)
        case .router(let gatewayClass):
            RouterSource(
                gatewayClass: gatewayClass, client: client, fetcher: fetcher, namespace: namespace)
        }
    }
}
