import KubeClient
import KubeModel
import Manifest

/// A page: which objects it is about, and what it shows of them.
///
/// The same function makes the page when it is loaded and every update that follows.
protocol Page: Sendable {
    var title: String { get }
    /// The entry of the navigation that the page belongs to.
    var section: Section { get }
    /// What it is about; the first is the one that it cannot do without.
    var collections: [ObjectCollection] { get }
    /// How often it is looked at even if no object has changed, for logs that grow.
    var pulse: Duration { get }
    /// Where it stands, for the links above it.
    var trail: [Link] { get }

    /// What its buttons for an ability change; nil for objects in Slipway's own namespace, whichever they are.
    func subject(of ability: Viewer.Ability) -> Viewer.Subject?

    /// What it shows, from top to bottom.
    ///
    /// - Throws: ``DashboardError`` with code `notFound` where what it is about does not exist.
    func regions(_ context: PageContext) async throws -> [Region]
}

extension Page {
    var pulse: Duration { .seconds(15) }
    var trail: [Link] { [] }
    func subject(of ability: Viewer.Ability) -> Viewer.Subject? { nil }
}

/// A part of a page that is replaced as a whole when it changes.
struct Region: Sendable {
    let name: String
    let template: String
    let fields: Fields
    /// Short sentences on how it is, without ages and figures that change all the time. Where one is new, those who hear
    /// the page are told it.
    var spoken: [String] = []
}

/// A link with its words.
struct Link: Sendable, Hashable {
    let text: String
    let path: String

    init(_ text: String, _ path: String) {
        self.text = text
        self.path = path
    }

    var fields: Fields { ["text": .text(text), "path": .text(path)] }
}

/// The entries of the navigation.
enum Section: String, Sendable, CaseIterable {
    case board, pulls, queue, runs, apps, rollouts

    var link: Link {
        switch self {
        case .board: Link("Delivery", "/")
        case .pulls: Link("Pull requests", "/pulls")
        case .queue: Link("Queue", "/queue")
        case .runs: Link("Runs", "/runs")
        case .apps: Link("Applications", "/apps")
        case .rollouts: Link("Rollouts", "/rollouts")
        }
    }
}

/// What a page is made from.
struct PageContext: Sendable {
    let objects: ObjectSet
    let viewer: Viewer
    let now: Timestamp
    let client: KubeClient
    let settings: DashboardSettings
}

/// How something is doing, for its colour and its sign.
enum Tone: String, Sendable {
    case good, bad, busy, wait, off

    /// Beside the colour, for those who do not tell colours apart.
    var sign: String {
        switch self {
        case .good: "✓"
        case .bad: "✕"
        case .busy: "◐"
        case .wait: "○"
        case .off: "·"
        }
    }

    /// A badge with a word.
    func badge(_ text: String) -> Fields.Field {
        guard !text.isEmpty else { return .text("") }
        return .group(["text": .text(Short.text(text, 40)), "tone": .text(rawValue), "sign": .text(sign)])
    }
}

extension Tone {
    /// How Kubernetes' and Argo's health words, and the phases of runs, promotions and pull requests look.
    init(phase: String) {
        switch phase {
        case "Healthy", "Synced", "Passed", "Successful", "Succeeded", "Verified", "Merged", "Approved",
            "Available":
            self = .good
        case "Degraded", "Failed", "Error", "Missing", "Quarantined", "ChangesRequested", "RolledBack",
            "Conflict":
            self = .bad
        case "Progressing", "Running", "Testing", "Merging", "Syncing", "RollingOut", "Landing",
            "Verifying", "OutOfSync", "Soaking":
            self = .busy
        case "Paused", "Suspended", "Pending", "Waiting", "Queued", "Open", "Inconclusive", "Draft":
            self = .wait
        default: self = .off
        }
    }

    /// A phase as a badge; nothing for an empty one.
    static func badge(phase: String?) -> Fields.Field {
        guard let phase, !phase.isEmpty else { return .text("") }
        return Tone(phase: phase).badge(words(phase))
    }

    /// CamelCase as words: `RollingOut` is `Rolling out`.
    static func words(_ text: String) -> String {
        var words = ""
        for character in text {
            if character.isUppercase, !words.isEmpty, words.last?.isUppercase == false {
                words += " " + character.lowercased()
            } else {
                words.append(character)
            }
        }
        return words
    }
}

/// Short forms of commits, digests and texts.
enum Short {
    /// The beginning of a text, for lists: the page of the thing itself has all of it.
    ///
    /// Counted in code points, as a single character may have any number of marks.
    static func text(_ text: String, _ maximum: Int = 300) -> String {
        guard text.utf8.count > maximum, text.unicodeScalars.count > maximum else { return text }
        return String(String.UnicodeScalarView(text.unicodeScalars.prefix(maximum))) + "…"
    }

    static func commit(_ text: String?) -> String { String((text ?? "").prefix(9)) }

    static func digest(_ text: String?) -> String {
        guard let text, text.hasPrefix("sha256:") else { return text ?? "" }
        return String(text.dropFirst(7).prefix(12))
    }
}

extension [Value] {
    /// The objects by the time at which they were made, the newest first.
    var newestFirst: [Value] {
        map { (($0.metadata.creationTimestamp?.rfc3339 ?? "", $0.metadata.name), $0) }
            .sorted { $0.0 > $1.0 }.map(\.1)
    }
}

extension Value {
    /// A text by its path; empty where there is none.
    func word(_ path: String...) -> String {
        var value: Value? = self
        for key in path { value = value?[key] }
        return value?.stringValue ?? ""
    }

    /// A list by its path; empty where there is none.
    func list(_ path: String...) -> [Value] {
        var value: Value? = self
        for key in path { value = value?[key] }
        return value?.arrayValue ?? []
    }
}
