import Judge

/// How long the judge needs, in sentences.
public enum JudgePlan {
    /// A line a weight: how many bad requests it takes to tell a harmful version, and how long they take to come.
    ///
    /// - Parameters:
    ///   - weights: the canary's, in percent of all requests.
    ///   - errorRate: the share of requests that fail now.
    ///   - harmful: how many times the errors a bad version has.
    ///   - falseRollback: how likely a good version may be rolled back.
    /// - Throws: `invalidSpec` naming the number that is out of its range.
    public static func lines(
        weights: [Double], requestsPerSecond: Double, errorRate: Double, harmful: Double,
        falseRollback: Double
    ) throws(RolloutsError) -> [String] {
        var lines: [String] = []
        for weight in weights {
            do throws(JudgeError) {
                let forecast = try Forecast(
                    ratio: harmful, share: weight / 100, baseRate: errorRate,
                    requestsPerSecond: requestsPerSecond, error: falseRollback)
                lines.append(
                    "at \(spelled(weight)) % this needs \(JudgeForecast.spelled(forecast.seconds)) "
                        + "(\(JudgeForecast.whole(forecast.events.rounded(.up))) failed requests)")
            } catch {
                throw RolloutsError(.invalidSpec, "\(error.field) \(error.message)")
            }
        }
        return lines
    }

    private static func spelled(_ weight: Double) -> String {
        JudgeForecast.whole(weight)
    }
}
