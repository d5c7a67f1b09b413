import KubeModel

/// Spans of time as kubectl shows them: two units at most, ever coarser.
enum Age {
    /// The time since a moment; `<unknown>` where there is none.
    static func text(since moment: Timestamp?, now: Timestamp) -> String {
        guard let moment else { return "<unknown>" }
        return text(now.duration(since: moment))
    }

    /// The span, as `k8s.io/apimachinery/pkg/util/duration.HumanDuration` words it.
    static func text(_ duration: Duration) -> String {
        let seconds = duration.components.seconds
        // A clock that is a second behind is no reason to alarm anyone.
        if seconds < -1 { return "<invalid>" }
        if seconds < 0 { return "0s" }
        if seconds < 120 { return "\(seconds)s" }
        let minutes = seconds / 60
        if minutes < 10 { return pair(minutes, "m", seconds % 60, "s") }
        if minutes < 180 { return "\(minutes)m" }
        let hours = seconds / 3600
        if hours < 8 { return pair(hours, "h", minutes % 60, "m") }
        if hours < 48 { return "\(hours)h" }
        let days = hours / 24
        if days < 8 { return pair(days, "d", hours % 24, "h") }
        if days < 2 * 365 { return "\(days)d" }
        if days < 8 * 365 { return pair(days / 365, "y", days % 365, "d") }
        return "\(days / 365)y"
    }

    private static func pair(_ large: Int64, _ unit: String, _ small: Int64, _ smallUnit: String) -> String {
        small == 0 ? "\(large)\(unit)" : "\(large)\(unit)\(small)\(smallUnit)"
    }
}
