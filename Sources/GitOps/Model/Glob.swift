/// Shell patterns as Argo CD matches them in projects, differences and directories.
///
/// `*` is any text, `?` one character, `[a-z]` one of a set, `{a,b}` one of several. Whether `*` and `?` pass over a
/// separator is the caller's choice; `**` always does.
struct Glob: Sendable, Hashable {
    private enum Part: Sendable, Hashable {
        case literal(Character)
        case one
        case any(crosses: Bool)
        case set([ClosedRange<Character>], isNegated: Bool)
    }

    /// The alternatives that braces spell out.
    private let alternatives: [[Part]]
    private let separator: Character?

    /// Reads a pattern; a bracket or brace that is never closed stands for itself.
    init(_ pattern: String, separator: Character? = nil) {
        self.separator = separator
        alternatives = Self.expand(pattern).map { Self.parts(of: Array($0)) }
    }

    /// Whether a text is of the pattern, as a whole.
    func matches(_ text: String) -> Bool {
        let characters = Array(text)
        return alternatives.contains { matches($0, characters) }
    }

    /// The patterns that a pattern with braces stands for, at most 256.
    private static func expand(_ pattern: String) -> [String] {
        guard let open = pattern.firstIndex(of: "{"),
            let close = closing(of: open, in: pattern)
        else { return [pattern] }
        let before = String(pattern[..<open])
        let after = String(pattern[pattern.index(after: close)...])
        var results: [String] = []
        for choice in choices(pattern[pattern.index(after: open)..<close]) {
            for rest in expand(choice + after) where results.count < 256 { results.append(before + rest) }
        }
        return results
    }

    private static func closing(of open: String.Index, in pattern: String) -> String.Index? {
        var depth = 0
        var index = open
        while index < pattern.endIndex {
            if pattern[index] == "{" { depth += 1 }
            if pattern[index] == "}" {
                depth -= 1
                if depth == 0 { return index }
            }
            index = pattern.index(after: index)
        }
        return nil
    }

    private static func choices(_ text: Substring) -> [String] {
        var choices = [""]
        var depth = 0
        for character in text {
            if character == ",", depth == 0 {
                choices.append("")
                continue
            }
            if character == "{" { depth += 1 }
            if character == "}" { depth -= 1 }
            choices[choices.count - 1].append(character)
        }
        return choices
    }

    private static func parts(of pattern: [Character]) -> [Part] {
        var parts: [Part] = []
        var place = 0
        while place < pattern.count {
            switch pattern[place] {
            case "*":
                var stars = 1
                while place + stars < pattern.count, pattern[place + stars] == "*" { stars += 1 }
                parts.append(.any(crosses: stars > 1))
                place += stars
                continue
            case "?": parts.append(.one)
            case "\\" where place + 1 < pattern.count:
                place += 1
                parts.append(.literal(pattern[place]))
            case "[":
                if let (set, next) = set(in: pattern, at: place) {
                    parts.append(set)
                    place = next
                    continue
                }
                parts.append(.literal("["))
            default: parts.append(.literal(pattern[place]))
            }
            place += 1
        }
        return parts
    }

    private static func set(in pattern: [Character], at start: Int) -> (Part, next: Int)? {
        var place = start + 1
        var isNegated = false
        if place < pattern.count, pattern[place] == "!" || pattern[place] == "^" {
            isNegated = true
            place += 1
        }
        var ranges: [ClosedRange<Character>] = []
        while place < pattern.count, pattern[place] != "]" || ranges.isEmpty {
            let low = pattern[place]
            if place + 2 < pattern.count, pattern[place + 1] == "-", pattern[place + 2] != "]" {
                let high = pattern[place + 2]
                if low <= high { ranges.append(low...high) }
                place += 3
            } else {
                ranges.append(low...low)
                place += 1
            }
        }
        guard place < pattern.count else { return nil }
        return (.set(ranges, isNegated: isNegated), place + 1)
    }

    /// A star, and up to where it has taken characters.
    private struct Star {
        let part: Int
        var place: Int
        let crosses: Bool
    }

    /// Matches without recursion: a failure goes back to the last star, which then takes one character more, and where
    /// that must not pass a separator to the last one that may.
    private func matches(_ parts: [Part], _ text: [Character]) -> Bool {
        var (part, place) = (0, 0)
        var inner: Star?
        var outer: Star?
        while place < text.count || part < parts.count {
            if part < parts.count {
                if case .any(let crosses) = parts[part] {
                    let star = Star(part: part, place: place, crosses: crosses || separator == nil)
                    if star.crosses {
                        outer = star
                        inner = nil
                    } else {
                        inner = star
                    }
                    part += 1
                    continue
                }
                if place < text.count, matches(parts[part], text[place]) {
                    part += 1
                    place += 1
                    continue
                }
            }
            if var star = inner, star.place < text.count, text[star.place] != separator {
                star.place += 1
                (inner, part, place) = (star, star.part + 1, star.place)
            } else if var star = outer, star.place < text.count {
                star.place += 1
                (inner, outer, part, place) = (nil, star, star.part + 1, star.place)
            } else {
                return false
            }
        }
        return true
    }

    private func matches(_ part: Part, _ character: Character) -> Bool {
        switch part {
        case .literal(let literal): literal == character
        case .one: character != separator
        case .any: false
        case .set(let ranges, let isNegated):
            character != separator && ranges.contains { $0.contains(character) } != isNegated
        }
    }
}
