/// The difference of two texts by lines, as `diff -u` shows it.
public enum LineDiff {
    private enum Line {
        case both(String)
        case old(String)
        case new(String)
    }

    /// The unified difference; empty where the texts are equal.
    ///
    /// Beyond 1,000 differing lines the middle is shown as removed and added as a whole, so that the work stays
    /// bounded.
    public static func unified(_ old: String, _ new: String, context: Int = 3) -> String {
        let lines = difference(split(old), split(new))
        guard lines.contains(where: { if case .both = $0 { false } else { true } }) else { return "" }
        var output = ""
        var place = 0
        var (oldLine, newLine) = (1, 1)
        while place < lines.count {
            guard
                let first = lines[place...].firstIndex(where: { if case .both = $0 { false } else { true } })
            else { break }
            let start = max(place, first - context)
            for line in lines[place..<start] where isBoth(line) {
                oldLine += 1
                newLine += 1
            }
            var end = first
            var equal = 0
            var last = first
            while end < lines.count, equal <= 2 * context {
                if isBoth(lines[end]) {
                    equal += 1
                } else {
                    equal = 0
                    last = end
                }
                end += 1
            }
            end = min(lines.count, last + context + 1)
            let hunk = lines[start..<end]
            let oldCount = hunk.count { if case .new = $0 { false } else { true } }
            let newCount = hunk.count { if case .old = $0 { false } else { true } }
            output += "@@ -\(range(oldLine, oldCount)) +\(range(newLine, newCount)) @@\n"
            for line in hunk {
                switch line {
                case .both(let text): output += " \(text)\n"
                case .old(let text): output += "-\(text)\n"
                case .new(let text): output += "+\(text)\n"
                }
            }
            oldLine += oldCount
            newLine += newCount
            place = end
        }
        return output
    }

    private static func isBoth(_ line: Line) -> Bool {
        if case .both = line { true } else { false }
    }

    private static func range(_ start: Int, _ count: Int) -> String {
        count == 0 ? "\(start - 1),0" : count == 1 ? "\(start)" : "\(start),\(count)"
    }

    private static func split(_ text: String) -> [String] {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        if lines.last == "" { lines.removeLast() }
        return lines
    }

    private static func difference(_ old: [String], _ new: [String]) -> [Line] {
        var prefix = 0
        while prefix < old.count, prefix < new.count, old[prefix] == new[prefix] { prefix += 1 }
        var suffix = 0
        while suffix < old.count - prefix, suffix < new.count - prefix,
            old[old.count - 1 - suffix] == new[new.count - 1 - suffix]
        { suffix += 1 }
        let left = Array(old[prefix..<(old.count - suffix)])
        let right = Array(new[prefix..<(new.count - suffix)])
        var lines = old[..<prefix].map(Line.both)
        if left.count + right.count > 1000 || left.isEmpty || right.isEmpty {
            lines += left.map(Line.old) + right.map(Line.new)
        } else {
            lines += shortest(left, right)
        }
        return lines + old[(old.count - suffix)...].map(Line.both)
    }

    /// Myers' algorithm: the shortest script of deletions and insertions.
    private static func shortest(_ old: [String], _ new: [String]) -> [Line] {
        let limit = old.count + new.count
        var furthest = [Int](repeating: 0, count: 2 * limit + 2)
        var history: [[Int]] = []
        search: for cost in 0...limit {
            history.append(furthest)
            for diagonal in stride(from: -cost, through: cost, by: 2) {
                let goesDown =
                    diagonal == -cost
                    || (diagonal != cost && furthest[limit + diagonal - 1] < furthest[limit + diagonal + 1])
                var x = goesDown ? furthest[limit + diagonal + 1] : furthest[limit + diagonal - 1] + 1
                while x < old.count, x - diagonal < new.count, old[x] == new[x - diagonal] { x += 1 }
                furthest[limit + diagonal] = x
                if x >= old.count, x - diagonal >= new.count { break search }
            }
        }
        return trace(history, old, new, limit)
    }

    private static func trace(_ history: [[Int]], _ old: [String], _ new: [String], _ limit: Int) -> [Line] {
        var lines: [Line] = []
        var (x, y) = (old.count, new.count)
        for cost in stride(from: history.count - 1, through: 0, by: -1) {
            let furthest = history[cost]
            let diagonal = x - y
            let goesDown =
                diagonal == -cost
                || (diagonal != cost && furthest[limit + diagonal - 1] < furthest[limit + diagonal + 1])
            let previous = goesDown ? diagonal + 1 : diagonal - 1
            let startX = cost == 0 ? 0 : furthest[limit + previous]
            let startY = cost == 0 ? 0 : startX - previous
            while x > startX, y > startY, x > 0, y > 0, old[x - 1] == new[y - 1] {
                lines.append(.both(old[x - 1]))
                x -= 1
                y -= 1
            }
            guard cost > 0 else { break }
            if goesDown {
                lines.append(.new(new[y - 1]))
                y -= 1
            } else {
                lines.append(.old(old[x - 1]))
                x -= 1
            }
        }
        return lines.reversed()
    }
}
