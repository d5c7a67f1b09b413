/// A pattern of repository names: `*` stands for anything but a slash, `**` for anything, everything else for itself.
struct ImageGlob: Sendable, Hashable {
    private enum Part: Sendable, Hashable {
        case byte(UInt8)
        case segment
        case anything
    }

    private let parts: [Part]

    init(_ pattern: String) {
        var parts: [Part] = []
        for byte in pattern.utf8 {
            guard byte == UInt8(ascii: "*") else {
                parts.append(.byte(byte))
                continue
            }
            if parts.last == .segment {
                parts[parts.count - 1] = .anything
            } else if parts.last != .anything {
                parts.append(.segment)
            }
        }
        self.parts = parts
    }

    /// Whether the whole name matches; in time proportional to name times pattern, whatever the stars.
    func matches(_ name: String) -> Bool {
        // The parts at which a match of the text so far may go on.
        var places = closure([0])
        for byte in name.utf8 {
            var next: Set<Int> = []
            for place in places where place < parts.count {
                switch parts[place] {
                case .byte(let wanted): if wanted == byte { next.insert(place + 1) }
                case .segment: if byte != UInt8(ascii: "/") { next.insert(place) }
                case .anything: next.insert(place)
                }
            }
            places = closure(next)
            if places.isEmpty { return false }
        }
        return places.contains(parts.count)
    }

    /// Stars may also stand for nothing.
    private func closure(_ places: Set<Int>) -> Set<Int> {
        var result = places
        for place in places {
            var next = place
            while next < parts.count, parts[next] == .segment || parts[next] == .anything {
                next += 1
                result.insert(next)
            }
        }
        return result
    }
}
