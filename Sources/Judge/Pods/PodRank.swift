/// Whether the canary's pods are the worst of all pods, or such a pick as chance makes.
///
/// Requests to one pod are not independent: one bad node makes half of a canary of two pods slow. Among
/// healthy pods, which are the canary's is chance; so the sum of their ranks is compared with that of every
/// other pick of as many.
public struct PodRank: Sendable, Hashable, Codable {
    /// The probability of a rank sum at least as high by chance.
    public let probability: Double
    /// The least probability this many pods can have, 1 / C(N, k). A bound below it is never met.
    public let attainable: Double

    /// - Parameters:
    ///   - canary: The rates of the canary's pods.
    ///   - stable: Those of all others.
    public init(canary: [Double], stable: [Double]) {
        let all = canary + stable
        // Twice the mean ranks, so that ties stay integers.
        let sorted = all.enumerated().sorted { $0.element < $1.element }
        var ranks = Array(repeating: 0, count: all.count)
        var start = 0
        while start < sorted.count {
            var end = start
            while end < sorted.count, sorted[end].element == sorted[start].element { end += 1 }
            for place in start..<end { ranks[sorted[place].offset] = start + end + 1 }
            start = end
        }
        let observed = ranks[..<canary.count].reduce(0, +)
        // The table has a row for every pod picked and a column for every sum.
        let work = all.count * canary.count * canary.count * all.count
        if work > Self.exactLimit {
            probability = Self.approximate(observed, canary.count, ranks)
            attainable = Self.attainable(canary.count, of: all.count)
        } else {
            let picks = Self.picks(canary.count, of: ranks)
            let total = picks.reduce(0, +)
            probability = picks[observed...].reduce(0, +) / total
            attainable = 1 / total
        }
    }

    /// 1 / C(total, count), to about 12 places.
    static func attainable(_ count: Int, of total: Int) -> Double {
        let (k, n) = (Double(count), Double(total))
        return exp(Gamma.logBeta(k + 1, n - k + 1) + log(n + 1))
    }

    private static let exactLimit = 4_000_000

    /// By the normal distribution that the rank sum of many pods nearly has, with the variance that ties
    /// leave.
    private static func approximate(_ observed: Int, _ count: Int, _ ranks: [Int]) -> Double {
        let (k, n) = (Double(count), Double(ranks.count))
        let mean = Double(ranks.reduce(0, +)) / n
        let variance = ranks.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / n
        let deviation = (k * (n - k) / (n - 1) * variance).squareRoot()
        return deviation > 0 ? NormalDistribution.upper((Double(observed) - 1 - k * mean) / deviation) : 1
    }

    /// How many picks of `count` ranks have each sum, exact up to 2⁵³ picks.
    private static func picks(_ count: Int, of ranks: [Int]) -> [Double] {
        let greatest = ranks.sorted(by: >).prefix(count).reduce(0, +)
        var table = Array(repeating: Array(repeating: 0.0, count: greatest + 1), count: count + 1)
        table[0][0] = 1
        for rank in ranks {
            for size in stride(from: count, through: 1, by: -1) where rank <= greatest {
                for sum in stride(from: greatest, through: rank, by: -1) {
                    table[size][sum] += table[size - 1][sum - rank]
                }
            }
        }
        return table[count]
    }
}
