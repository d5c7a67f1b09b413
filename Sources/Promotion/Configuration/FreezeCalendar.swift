import KubeModel

/// When nothing is promoted: the freezes of a service and of an environment taken together.
struct FreezeCalendar: Sendable {
    /// A freeze that holds, and when it ends; nil for one without an end.
    struct Hold: Sendable, Hashable {
        var reason: String
        var until: Timestamp?
    }

    /// A time as the clock of a day tells it, in minutes.
    private static let day: Int64 = 86_400
    /// How many freezes that follow each other are looked through for the end.
    private static let limit = 500

    let freezes: [DeliverySpec.Freeze]

    init(_ freezes: [DeliverySpec.Freeze]) { self.freezes = freezes }

    /// The freeze that holds at a moment, with the end of the last of those that follow each other without a gap.
    func hold(at now: Timestamp) -> Hold? {
        guard let first = holds(at: now).first else { return nil }
        var hold = Hold(reason: first.reason, until: first.until)
        for _ in 0..<Self.limit {
            guard let until = hold.until else { return hold }
            let next = holds(at: until)
            if next.isEmpty { return hold }
            hold.until = next.contains { $0.until == nil } ? nil : next.compactMap(\.until).max()
        }
        return Hold(reason: first.reason, until: nil)
    }

    private func holds(at now: Timestamp) -> [Hold] {
        freezes.compactMap { freeze in
            freeze.days?.isEmpty == false ? Self.weekly(freeze, at: now) : Self.once(freeze, at: now)
        }
    }

    private static func once(_ freeze: DeliverySpec.Freeze, at now: Timestamp) -> Hold? {
        let from = freeze.from.flatMap(Timestamp.init(rfc3339:))
        let until = freeze.until.flatMap(Timestamp.init(rfc3339:))
        if let from, now < from { return nil }
        if let until, now >= until { return nil }
        return Hold(reason: freeze.reason ?? "a freeze", until: until)
    }

    private static func weekly(_ freeze: DeliverySpec.Freeze, at now: Timestamp) -> Hold? {
        let offset = freeze.zone.flatMap(zone) ?? 0
        let local = now.seconds + offset
        let today = local >= 0 ? local / day : (local - day + 1) / day
        let from = freeze.from.flatMap(timeOfDay) ?? 0
        let until = freeze.until.flatMap(timeOfDay) ?? day
        // What began yesterday may go on past midnight.
        for start in [today - 1, today] where freeze.days?.contains(weekday(start)) == true {
            let begin = start * day + from
            let end = start * day + (until > from ? until : until + day)
            if local >= begin, local < end {
                return Hold(reason: freeze.reason ?? "a freeze", until: Timestamp(seconds: end - offset))
            }
        }
        return nil
    }

    /// The day of the week of a day since 1970-01-01, which was a Thursday.
    private static func weekday(_ day: Int64) -> String {
        let names = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
        return names[Int(((day % 7) + 7) % 7)]
    }

    /// Seconds since midnight of `HH:MM`; `24:00` is the end of the day.
    static func timeOfDay(_ text: String) -> Int64? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ $0.count == 2 }), let hours = Int64(parts[0]),
            let minutes = Int64(parts[1]), (0..<60).contains(minutes), (0...24).contains(hours),
            hours < 24 || minutes == 0
        else { return nil }
        return hours * 3600 + minutes * 60
    }

    /// Seconds from UTC of `Z`, `+02:00` or `-05:30`.
    static func zone(_ text: String) -> Int64? {
        if text == "Z" || text == "UTC" { return 0 }
        guard let sign = text.first, sign == "+" || sign == "-",
            let time = timeOfDay(String(text.dropFirst())),
            time <= 14 * 3600
        else { return nil }
        return sign == "-" ? -time : time
    }
}
