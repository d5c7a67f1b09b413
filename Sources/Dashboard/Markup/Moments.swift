import KubeModel

/// Times as pages tell them.
enum Moments {
    /// How long ago, in one unit: `a moment`, `40 s`, `12 min`, `3 h`, `5 d`.
    static func ago(_ time: Timestamp?, now: Timestamp) -> String {
        guard let time else { return "" }
        let seconds = now.seconds - time.seconds
        if seconds < 5 { return "a moment" }
        if seconds < 60 { return "\(seconds / 5 * 5) s" }
        // A minute more or less is nothing to look at again for.
        if seconds < 3600 { return "\(seconds / 60) min" }
        return seconds < 86_400 ? "\(seconds / 3600) h" : "\(seconds / 86_400) d"
    }

    /// A duration in its largest unit.
    static func spelled(_ duration: Duration) -> String {
        let seconds = max(0, duration.components.seconds)
        if seconds < 60 { return "\(seconds) s" }
        if seconds < 3600 {
            return "\(seconds / 60) min" + (seconds < 600 && seconds % 60 != 0 ? " \(seconds % 60) s" : "")
        }
        if seconds < 86_400 {
            return "\(seconds / 3600) h" + (seconds % 3600 >= 60 ? " \(seconds % 3600 / 60) min" : "")
        }
        return "\(seconds / 86_400) d"
    }

    /// The time between two moments, up to now where the second is not there; empty where the first is not.
    static func between(_ start: String?, _ end: String?, now: Timestamp) -> String {
        guard let start = start.flatMap(Timestamp.init(rfc3339:)) else { return "" }
        let end = end.flatMap(Timestamp.init(rfc3339:)) ?? now
        return spelled(.seconds(end.seconds - start.seconds))
    }

    /// The time of day, in UTC.
    static func clock(_ time: Timestamp) -> String {
        let day = ((time.seconds % 86_400) + 86_400) % 86_400
        func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : String(number) }
        return "\(two(day / 3600)):\(two(day % 3600 / 60)):\(two(day % 60))"
    }

    /// A moment for a template: how long ago it was, and when exactly.
    static func fields(_ text: String?, now: Timestamp) -> Fields {
        guard let text, let time = Timestamp(rfc3339: text) else { return [:] }
        return ["ago": .text(ago(time, now: now)), "at": .text(time.wholeSeconds.rfc3339)]
    }

    static func fields(_ time: Timestamp?, now: Timestamp) -> Fields {
        fields(time?.rfc3339, now: now)
    }
}
