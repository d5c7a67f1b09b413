/// Durations as Go prints them: `10s`, `1m20s`, `5m0s`, `1.5s`, `250ms`.
enum GoDuration {
    static func text(_ duration: Duration) -> String {
        let (seconds, attoseconds) = duration.components
        let milliseconds = attoseconds / 1_000_000_000_000_000
        if seconds == 0 { return milliseconds == 0 ? "0s" : "\(milliseconds)ms" }
        let hours = seconds / 3600
        let minutes = seconds / 60 % 60
        var text = "\(seconds % 60)"
        if milliseconds > 0 {
            var digits = String(milliseconds)
            digits = String(repeating: "0", count: 3 - digits.count) + digits
            while digits.last == "0" { digits.removeLast() }
            text += "." + digits
        }
        text += "s"
        if hours > 0 || minutes > 0 { text = "\(minutes)m" + text }
        if hours > 0 { text = "\(hours)h" + text }
        return text
    }
}
