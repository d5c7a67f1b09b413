/// How the traffic is split, as a bar.
enum WeightBar {
    /// A bar of a canary's percent of the traffic.
    static func svg(canary weight: Int) -> Markup {
        let weight = min(max(weight, 0), 100)
        let edge = weight * 4
        return Markup(
            trusted: """
                <svg class="weight" viewBox="0 0 400 14" preserveAspectRatio="none" role="img" \
                aria-label="canary \(weight) percent of the traffic">\
                <rect class="stable" x="0" y="0" width="400" height="14" rx="3"/>\
                <rect class="canary" x="0" y="0" width="\(edge)" height="14" rx="3"/></svg>
                """)
    }
}
