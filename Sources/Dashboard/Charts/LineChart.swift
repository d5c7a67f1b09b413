import KubeModel

/// A chart of lines over time, drawn on the server as SVG without scripts or styles of its own.
///
/// Colours come from the page's style sheet by class; each line has a dash pattern and a word beside its colour.
struct LineChart: Sendable {
    /// A line. Where a point is nil, or no finite number, there was nothing to see, and the line has a gap.
    struct Line: Sendable {
        var name: String
        /// The class of the style sheet: `canary`, `stable`, `harm`, `safety`.
        var style: String
        var points: [Double?]
    }

    /// A horizontal line that something is to cross.
    struct Bound: Sendable {
        var name: String
        var style: String
        var value: Double
    }

    /// A moment at which something was decided.
    struct Mark: Sendable {
        var name: String
        var style: String
        /// The place among the points.
        var place: Int
        var value: Double
    }

    /// What the numbers are.
    enum Unit: Sendable { case share, plain }

    var title: String
    /// A sentence that says what the chart shows, for those who do not see it.
    var summary: String
    /// The times of the points, in seconds since 1970.
    var times: [Int64]
    var lines: [Line]
    var bounds: [Bound] = []
    var marks: [Mark] = []
    var unit: Unit = .plain
    /// The least range of the axis, so that noise does not fill the chart.
    var least: ClosedRange<Double> = 0...0

    private static let (width, height) = (480.0, 200.0)
    private static let (left, right, top, bottom) = (52.0, 12.0, 14.0, 26.0)

    /// The chart; nothing where there are no times.
    var svg: Markup {
        guard let first = times.first, let last = times.last else { return Markup(trusted: "") }
        let numbers = (lines.flatMap { $0.points.compactMap(\.self) } + bounds.map(\.value)).compactMap(
            Self.drawn)
        let low = min(numbers.min() ?? 0, least.lowerBound)
        let high = max(numbers.max() ?? 1, least.upperBound)
        let span = high - low
        let vertical = Scale(
            low < 0 ? low - 0.06 * span : low, high + 0.1 * span, start: Self.height - Self.bottom,
            end: Self.top)
        let horizontal = Scale(
            Double(first), max(Double(last), Double(first) + 1), start: Self.left,
            end: Self.width - Self.right)
        var parts = [
            "<svg class=\"chart\" viewBox=\"0 0 480 200\" role=\"img\" "
                + "aria-label=\"\(Escaping.escaped(title + ". " + summary))\">",
            "<title>\(Escaping.escaped(title))</title>",
        ]
        parts += grid(vertical)
        parts += dates(horizontal, first, last)
        for bound in bounds where Self.drawn(bound.value) != nil { parts += draw(bound, vertical) }
        for line in lines { parts += draw(line, horizontal, vertical) }
        for mark in marks where times.indices.contains(mark.place) && Self.drawn(mark.value) != nil {
            parts += draw(mark, horizontal, vertical)
        }
        parts.append("</svg>")
        return Markup(trusted: parts.joined(separator: "\n"))
    }

    private func spelled(_ number: Double) -> String {
        switch unit {
        case .share: Figures.percent(number)
        case .plain: Figures.spelled(number)
        }
    }

    private func grid(_ vertical: Scale) -> [String] {
        vertical.marks(about: 4).flatMap { mark -> [String] in
            let y = Self.number(vertical.place(mark))
            return [
                "<line class=\"grid\" x1=\"52\" x2=\"468\" y1=\"\(y)\" y2=\"\(y)\"/>",
                "<text class=\"axis\" x=\"46\" y=\"\(y)\" dy=\"4\" text-anchor=\"end\">"
                    + "\(Escaping.escaped(spelled(mark)))</text>",
            ]
        }
    }

    private func dates(_ horizontal: Scale, _ first: Int64, _ last: Int64) -> [String] {
        let middle = first / 2 + last / 2
        let all: [(Int64, String)] =
            Double(last) - Double(first) < 3
            ? [(last, "end")] : [(first, "start"), (middle, "middle"), (last, "end")]
        // The last one says in which zone all are.
        return all.map { time, anchor in
            "<text class=\"axis\" x=\"\(Self.number(horizontal.place(Double(time))))\" y=\"192\" "
                + "text-anchor=\"\(anchor)\">\(Moments.clock(Timestamp(seconds: time)))\(anchor == "end" ? " UTC" : "")</text>"
        }
    }

    private func draw(_ bound: Bound, _ vertical: Scale) -> [String] {
        let y = vertical.place(bound.value)
        return [
            "<line class=\"bound \(bound.style)\" x1=\"52\" x2=\"468\" y1=\"\(Self.number(y))\" "
                + "y2=\"\(Self.number(y))\"/>",
            "<text class=\"label \(bound.style)\" x=\"58\" y=\"\(Self.number(y - 5))\">"
                + "\(Escaping.escaped(bound.name))</text>",
        ]
    }

    private func draw(_ line: Line, _ horizontal: Scale, _ vertical: Scale) -> [String] {
        var parts: [String] = []
        var path = ""
        var count = 0
        func finish() {
            // A single point has no line; it is shown as a dot.
            if count == 1, let dot = path.split(separator: "M").last {
                let place = dot.split(separator: " ")
                if place.count == 2 {
                    parts.append(
                        "<circle class=\"dot \(line.style)\" cx=\"\(place[0])\" cy=\"\(place[1])\" r=\"2.5\"/>"
                    )
                }
            } else if count > 1 {
                parts.append("<path class=\"line \(line.style)\" d=\"\(path)\"/>")
            }
            (path, count) = ("", 0)
        }
        for (time, point) in zip(times, line.points) {
            guard let point = point.flatMap(Self.drawn) else {
                finish()
                continue
            }
            let x = Self.number(horizontal.place(Double(time)))
            let y = Self.number(vertical.place(point))
            path += "\(count == 0 ? "M" : "L")\(x) \(y)"
            count += 1
        }
        finish()
        return parts
    }

    private func draw(_ mark: Mark, _ horizontal: Scale, _ vertical: Scale) -> [String] {
        let x = horizontal.place(Double(times[mark.place]))
        let y = vertical.place(mark.value)
        let isLeft = x > Self.width / 2
        return [
            "<line class=\"moment \(mark.style)\" x1=\"\(Self.number(x))\" x2=\"\(Self.number(x))\" "
                + "y1=\"14\" y2=\"174\"/>",
            "<circle class=\"crossing \(mark.style)\" cx=\"\(Self.number(x))\" cy=\"\(Self.number(y))\" "
                + "r=\"5\"/>",
            "<text class=\"label \(mark.style)\" x=\"\(Self.number(x + (isLeft ? -9 : 9)))\" "
                + "y=\"\(Self.number(y + 15))\" text-anchor=\"\(isLeft ? "end" : "start")\">"
                + "\(Escaping.escaped(mark.name))</text>",
        ]
    }

    /// A number that can be drawn: nil for infinity and what is no number, as a query without traffic answers it; what is
    /// too large for the arithmetic of a scale is cut.
    private static func drawn(_ number: Double) -> Double? {
        number.isFinite ? min(max(number, -1e300), 1e300) : nil
    }

    /// A place on the drawing, with one digit after the point.
    private static func number(_ number: Double) -> String {
        guard number.isFinite else { return "0.0" }
        let tenths = Int((min(max(number, -1e6), 1e6) * 10).rounded())
        let sign = tenths < 0 ? "-" : ""
        return "\(sign)\(tenths.magnitude / 10).\(tenths.magnitude % 10)"
    }
}

extension LineChart {
    /// What a template shows of the chart: the drawing and, beneath it, what each line is and where it stands.
    var fields: Fields {
        [
            "title": .text(title), "summary": .text(summary), "svg": .markup(svg),
            "legend": .list(
                lines.map { line in
                    let last = line.points.compactMap(\.self).last(where: \.isFinite)
                    return [
                        "name": .text(line.name), "style": .text(line.style),
                        "last": .optional(last.map(spelled)),
                    ]
                }),
        ]
    }
}
