import Judge
import Manifest

/// The counters as last seen, from which the counts of an interval follow.
///
/// Counters only grow; one that is smaller than before began anew, and all it shows was counted since. A pod counts
/// from its second sample on, and after its warm-up. Pure.
struct CounterLedger: Sendable, Hashable, Codable {
    /// One pod's counters of one metric: all requests, and the bad ones by boundary.
    struct Entry: Sendable, Hashable, Codable {
        var total: Double
        var bad: [Double]
    }

    /// A pod as seen so far.
    struct Pod: Sendable, Hashable, Codable {
        var hash: String
        /// Seconds since 1970.
        var firstSeen: Int64
        var entries: [String: Entry] = [:]
    }

    /// When the last samples were taken, in seconds since 1970; nil before the first.
    var time: Int64?
    var pods: [String: Pod] = [:]

    /// What the samples of an interval's end tell of a metric.
    ///
    /// - Parameters:
    ///   - samples: by selector, all of one moment.
    ///   - time: the moment, in seconds since 1970.
    ///   - isFirst: whether only the counters are remembered: after a gap, there is no interval to count.
    mutating func observe(
        _ metric: String, _ source: JudgeSettings.Source, _ samples: [SeriesSelector: [SeriesSample]],
        settings: JudgeSettings, canary: String, stable: String, time: Int64, isFirst: Bool
    ) -> Observation {
        // What was not scraped within the interval tells nothing of it.
        var fresh: [SeriesSelector: [SeriesSample]] = [:]
        for (selector, series) in samples { fresh[selector] = series.filter(isFresh) }
        if samples.values.contains(where: { !$0.isEmpty }), fresh.values.allSatisfy(\.isEmpty) {
            return .missing(reason: .stale)
        }
        if case .mean(let gauge) = source {
            return means(fresh[gauge] ?? [], settings: settings, canary: canary, stable: stable)
        }
        let (entries, hashes, fault) = Self.entries(source, fresh, settings)
        if let fault { return .missing(reason: fault) }
        var arms: [String: [PodCounts]] = [:]
        var isWarmingUp = false
        for (pod, entry) in entries.sorted(by: { $0.key < $1.key }) {
            guard let hash = hashes[pod], hash == canary || hash == stable else { continue }
            var known = pods[pod] ?? Pod(hash: hash, firstSeen: time)
            let before = known.entries[metric]
            known.entries[metric] = entry
            pods[pod] = known
            let age = time - known.firstSeen
            guard let before, !isFirst, before.bad.count == entry.bad.count,
                age >= Int64(settings.warmup / .seconds(1))
            else {
                isWarmingUp = true
                continue
            }
            let total = Self.growth(from: before.total, to: entry.total)
            let bad = zip(before.bad, entry.bad).map { min(total, Self.growth(from: $0, to: $1)) }
            arms[hash, default: []].append(PodCounts(pod, requests: total, bad: bad))
        }
        let counted = (canary: arms[canary] ?? [], stable: arms[stable] ?? [])
        if counted.canary.isEmpty || counted.stable.isEmpty {
            return .missing(reason: isWarmingUp ? .warmingUp : .noSeries)
        }
        return .counts(canary: counted.canary, baseline: counted.stable)
    }

    /// Whether a sample is newer than the interval before; those without a time are of now.
    private func isFresh(_ sample: SeriesSample) -> Bool {
        guard let scraped = sample.scraped, let time else { return true }
        return scraped > Double(time)
    }

    private static func growth(from old: Double, to new: Double) -> Int {
        Int(exactly: (new < old ? new : new - old).rounded()) ?? 0
    }

    /// The counters of each pod, its version, and why there are none.
    private static func entries(
        _ source: JudgeSettings.Source, _ samples: [SeriesSelector: [SeriesSample]], _ settings: JudgeSettings
    ) -> (entries: [String: Entry], hashes: [String: String], fault: Absence?) {
        var entries: [String: Entry] = [:]
        var hashes: [String: String] = [:]
        func pod(_ sample: SeriesSample) -> String? {
            guard let pod = sample.labels[settings.podLabel], !pod.isEmpty else { return nil }
            if let hash = sample.labels[settings.hashLabel], !hash.isEmpty { hashes[pod] = hash }
            return pod
        }
        switch source {
        case .ratio(let bad, let total):
            for sample in samples[total] ?? [] {
                guard sample.value.isFinite else { return ([:], [:], .notANumber) }
                guard let pod = pod(sample) else { continue }
                entries[pod, default: Entry(total: 0, bad: [0])].total += sample.value
            }
            for sample in samples[bad] ?? [] {
                guard sample.value.isFinite else { return ([:], [:], .notANumber) }
                // Bad requests of a pod that shows no requests contradict themselves; its total is missing.
                if let pod = pod(sample) { entries[pod]?.bad[0] += sample.value }
            }
        case .latency(let histogram, let boundaries):
            var seen: [String: Set<Int>] = [:]
            for sample in samples[histogram.suffixed("_bucket")] ?? [] {
                guard sample.value.isFinite else { return ([:], [:], .notANumber) }
                guard let pod = pod(sample), let le = sample.labels["le"] else { continue }
                let zero = Entry(total: 0, bad: boundaries.map { _ in 0 })
                if le == "+Inf" {
                    entries[pod, default: zero].total += sample.value
                } else if let place = boundaries.firstIndex(where: { $0 == Double(le) }) {
                    // What is within the boundary, until all are known.
                    entries[pod, default: zero].bad[place] += sample.value
                    seen[pod, default: []].insert(place)
                }
            }
            // A boundary that is no bucket would make every request a slow one.
            guard entries.keys.allSatisfy({ seen[$0]?.count == boundaries.count }) else {
                return ([:], [:], .inconsistent)
            }
            entries = entries.mapValues { entry in
                Entry(total: entry.total, bad: entry.bad.map { max(0, entry.total - $0) })
            }
        case .mean: break
        }
        return (entries, hashes, entries.isEmpty ? .noSeries : nil)
    }

    private func means(
        _ samples: [SeriesSample], settings: JudgeSettings, canary: String, stable: String
    ) -> Observation {
        func mean(_ hash: String) -> Double? {
            let values = samples.filter { $0.labels[settings.hashLabel] == hash }.map(\.value)
            return values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
        }
        guard let canary = mean(canary), let stable = mean(stable) else { return .missing(reason: .noSeries) }
        guard canary.isFinite, stable.isFinite else { return .missing(reason: .notANumber) }
        return .means(canary: canary, baseline: stable)
    }
}

extension JudgeSettings {
    /// All series the policy needs.
    var selectors: [SeriesSelector] {
        var selectors: [SeriesSelector] = []
        for metric in policy.metrics {
            switch sources[metric.name] {
            case .ratio(let bad, let total): selectors += [bad, total]
            case .latency(let histogram, _): selectors.append(histogram.suffixed("_bucket"))
            case .mean(let gauge): selectors.append(gauge)
            case nil: break
            }
        }
        var seen: Set<SeriesSelector> = []
        return selectors.filter { seen.insert($0).inserted }
    }
}
