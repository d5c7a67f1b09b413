extension Policy {
    /// - Throws: `invalidPolicy` naming the first part that contradicts itself.
    public func validate() throws(JudgeError) {
        try require(falseRollback > 0 && falseRollback < 1, "falseRollback", "must be between 0 and 1")
        try require(missBad > 0 && missBad < 1, "missBad", "must be between 0 and 1")
        try require(tickSeconds > 0, "tickSeconds", "must be positive")
        try require(maximumTicks > 0, "maximumTicks", "must be positive")
        try require(
            minimumTicks >= 0 && minimumTicks <= maximumTicks, "minimumTicks", "must not exceed maximumTicks")
        try require(maximumMissingTicks >= 0, "maximumMissingTicks", "must not be negative")
        try require(
            minimumCanaryPods >= 1, "minimumCanaryPods", "must be at least 1, which waives the protection")
        try require(podEffects.gate > 0 && podEffects.gate < 1, "podEffects.gate", "must be between 0 and 1")
        try require(metrics.contains { $0.weight > 0 }, "metrics", "must have one of a weight above 0")
        try require(
            Set(metrics.map(\.name)).count == metrics.count, "metrics", "must have names of their own")
        for metric in metrics { try metric.validate() }
    }
}

extension Metric {
    func validate() throws(JudgeError) {
        let field = "metrics.\(name)"
        try require(weight >= 0 && weight.isFinite, "\(field).weight", "must not be negative")
        try require(minimumRequests >= 0, "\(field).minimumRequests", "must not be negative")
        switch kind {
        case .ratio(let bounds): try bounds.validate(field)
        case .latency(let boundaries, let bounds):
            let isAscending = zip(boundaries, boundaries.dropFirst()).allSatisfy { $0 < $1 }
            try require(
                !boundaries.isEmpty && isAscending, "\(field).boundaries",
                "must be bounds of the histogram's buckets, ascending")
            try bounds.validate(field)
        case .mean(let bounds):
            try require(bounds.tolerated > 0, "\(field).tolerated", "must be positive")
            try require(bounds.harmful > bounds.tolerated, "\(field).harmful", "must be more than tolerated")
        }
    }
}

extension RatioBounds {
    fileprivate func validate(_ field: String) throws(JudgeError) {
        try require(tolerated > 0 && tolerated.isFinite, "\(field).tolerated", "must be positive")
        try require(
            harmful > tolerated && harmful.isFinite, "\(field).harmful",
            "must be more than tolerated: between the two the judge may decide either way")
        for (level, name) in [(ignoreBelow, "ignoreBelow"), (goodEnough, "goodEnough")] {
            if let level {
                try require(level > 0 && level < 1, "\(field).\(name)", "must be between 0 and 1")
            }
        }
    }
}

private func require(_ holds: Bool, _ field: String, _ message: String) throws(JudgeError) {
    if !holds { throw JudgeError(.invalidPolicy, field, message) }
}
