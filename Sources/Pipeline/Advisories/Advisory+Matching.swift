/// How a version stands to an advisory.
struct AdvisoryMatch: Sendable, Hashable {
    /// Versions above the present one that repair it.
    var fixedIn: [String]
    var severity: Severity?
}

extension Advisory.Affected {
    /// Whether a version is affected, by the evaluation that the OSV format describes; nil where it is not.
    ///
    /// A version that the ecosystem's order cannot read counts as affected only where it is listed.
    func match(_ version: String) -> AdvisoryMatch? {
        guard let order = Advisory.order(of: ecosystem) else {
            return versions.contains(version)
                ? AdvisoryMatch(fixedIn: fixes(above: nil, nil), severity: severity) : nil
        }
        let isListed = versions.contains { $0 == version || order.compare($0, version) == .equal }
        let isInRange = ranges.contains { $0.type != "GIT" && $0.contains(version, order) }
        guard isListed || isInRange else { return nil }
        return AdvisoryMatch(fixedIn: fixes(above: version, order), severity: severity)
    }

    private func fixes(above version: String?, _ order: VersionOrder?) -> [String] {
        var result: [String] = []
        for range in ranges where range.type != "GIT" {
            for case .fixed(let fixed) in range.events where !result.contains(fixed) {
                if let version, let order, order.compare(fixed, version) != .greater { continue }
                result.append(fixed)
            }
        }
        guard let order else { return result }
        return result.sorted { order.compare($0, $1) == .less }
    }
}

extension Advisory.Range {
    func contains(_ version: String, _ order: VersionOrder) -> Bool {
        guard order.compare(version, version) != nil, isBeforeLimits(version, order) else { return false }
        var isAffected = false
        for event in sorted(order) {
            switch event {
            case .introduced(let start):
                if start == "0" || order.compare(version, start) != .less { isAffected = true }
            case .fixed(let end):
                if order.compare(version, end) != .less { isAffected = false }
            case .lastAffected(let last):
                if order.compare(version, last) == .greater { isAffected = false }
            case .limit: break
            }
        }
        return isAffected
    }

    private func isBeforeLimits(_ version: String, _ order: VersionOrder) -> Bool {
        var limits: [String] = []
        for case .limit(let limit) in events { limits.append(limit) }
        return limits.isEmpty || limits.contains { $0 == "*" || order.compare(version, $0) == .less }
    }

    /// By version; at one version a repair comes before what is introduced anew.
    private func sorted(_ order: VersionOrder) -> [Advisory.Event] {
        events.enumerated().sorted { left, right in
            let (one, other) = (left.element.version, right.element.version)
            if one != other {
                if one == "0" { return true }
                if other == "0" { return false }
                switch order.compare(one, other) {
                case .less: return true
                case .greater: return false
                default: break
                }
            }
            if left.element.rank != right.element.rank { return left.element.rank < right.element.rank }
            return left.offset < right.offset
        }.map(\.element)
    }
}

extension Advisory.Event {
    fileprivate var version: String {
        switch self {
        case .introduced(let version), .fixed(let version), .lastAffected(let version), .limit(let version):
            version
        }
    }

    fileprivate var rank: Int {
        switch self {
        case .fixed: 0
        case .introduced: 1
        case .lastAffected, .limit: 2
        }
    }
}
