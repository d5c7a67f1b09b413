/// A test martingale: the mean of likelihood ratios of a grid of alternatives against one null.
///
/// Under the null its expected value is at most 1 at every time at which one may choose to look, so that it
/// ever reaches 1/α with probability at most α (J. Ville, 1939). Kept by logarithms: nothing overflows.
public struct LikelihoodMixture: Sendable, Hashable {
    /// The log likelihood ratio of each alternative so far.
    public private(set) var logRatios: [Double]

    init(count: Int) { logRatios = Array(repeating: 0, count: count) }

    /// Goes on from ratios of the same alternatives.
    mutating func recall(_ logRatios: [Double]) { self.logRatios = logRatios }

    mutating func add(_ change: (_ alternative: Int) -> Double) {
        for place in logRatios.indices { logRatios[place] += change(place) }
    }

    /// log E: the log of the mean of the ratios.
    public var logEvidence: Double { LogSum.mean(logRatios) }

    /// log E as it is when every log ratio is divided by a factor for overdispersion.
    public func logEvidence(temperedBy factor: Double) -> Double {
        factor == 1 ? logEvidence : LogSum.mean(logRatios.map { $0 / factor })
    }
}

/// How many alternatives a grid has and how far they lie apart: quarters of an octave, six octaves wide.
enum Grid {
    static let count = 24

    /// 2^(±j/4) for j = 1…`count`.
    static func factors(_ count: Int = count, up: Bool) -> [Double] {
        (1...count).map { exp((up ? 1 : -1) * Double($0) * 0.173_286_795_139_986_33) }
    }
}
