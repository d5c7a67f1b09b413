/// The order of preference of API versions: `v2`, `v1`, `v2beta1`, `v1alpha3`, then anything else by name.
enum APIVersionOrder {
    /// Whether clients should prefer the first version to the second.
    static func precedes(_ first: String, _ second: String) -> Bool {
        switch (Parsed(first), Parsed(second)) {
        case (let first?, let second?):
            (first.stability, first.major, first.minor) > (second.stability, second.major, second.minor)
        case (.some, nil): true
        case (nil, .some): false
        case (nil, nil): first < second
        }
    }

    private struct Parsed {
        /// 2 for general availability, 1 for beta, 0 for alpha.
        let stability: Int
        let major: Int
        let minor: Int

        init?(_ version: String) {
            guard version.hasPrefix("v") else { return nil }
            let rest = version.dropFirst()
            let majorDigits = rest.prefix { $0.isASCII && $0.isNumber }
            guard let major = Int(majorDigits), majorDigits.first != "0" else { return nil }
            self.major = major
            let suffix = rest.dropFirst(majorDigits.count)
            if suffix.isEmpty {
                stability = 2
                minor = 0
                return
            }
            let stages = [("beta", 1), ("alpha", 0)]
            guard let stage = stages.first(where: { suffix.hasPrefix($0.0) }),
                let minor = Int(suffix.dropFirst(stage.0.count)), minor > 0
            else { return nil }
            stability = stage.1
            self.minor = minor
        }
    }
}
