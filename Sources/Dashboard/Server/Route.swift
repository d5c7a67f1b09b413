import HTTPTypes
import Hummingbird

/// What a request is for.
enum Route: Sendable {
    case asset(String)
    case loginForm, login, logout
    case page(PageReference)
    case commit(repository: String, prefix: String)
    case live(PageReference)
    case rawLog(run: String, step: String)
    case logStream(run: String, step: String)
    case act(Action)

    /// The paths of all routes, as Hummingbird's router writes them.
    static let patterns = [
        "/", "/login", "/logout", "/live", "/assets/{name}", "/approvals", "/rollbacks", "/pulls",
        "/pulls/{name}",
        "/pulls/{name}/review", "/pulls/{name}/merge", "/queue", "/runs", "/runs/{name}",
        "/runs/{name}/cancel",
        "/runs/{name}/logs/{step}", "/runs/{name}/logs/{step}/raw", "/runs/{name}/logs/{step}/stream",
        "/releases/{name}/lift", "/apps", "/apps/{name}", "/apps/{name}/diff", "/rollouts",
        "/rollouts/{namespace}/{name}",
        "/commits/{repository}/{commit}",
    ]

    init?(_ request: Request) {
        guard let parts = Self.parts(of: request.uri.path) else { return nil }
        switch request.method {
        case .get, .head: self.init(reading: parts, request)
        case .post: self.init(acting: parts)
        default: return nil
        }
    }

    private init?(reading parts: [String], _ request: Request) {
        if let reference = PageReference(parts) {
            self = .page(reference)
            return
        }
        switch (parts.first, parts.count) {
        case ("assets", 2): self = .asset(parts[1])
        case ("login", 1): self = .loginForm
        case ("live", 1):
            guard let path = request.uri.queryParameters["page"],
                let parts = Self.parts(of: String(path)), let reference = PageReference(parts)
            else { return nil }
            self = .live(reference)
        case ("runs", 5) where parts[2] == "logs" && parts[4] == "raw":
            self = .rawLog(run: parts[1], step: parts[3])
        case ("runs", 5) where parts[2] == "logs" && parts[4] == "stream":
            self = .logStream(run: parts[1], step: parts[3])
        case ("commits", 3): self = .commit(repository: parts[1], prefix: parts[2])
        default: return nil
        }
    }

    private init?(acting parts: [String]) {
        switch (parts.first, parts.count) {
        case ("login", 1): self = .login
        case ("logout", 1): self = .logout
        case ("approvals", 1): self = .act(.approve)
        case ("rollbacks", 1): self = .act(.rollBack)
        case ("pulls", 3) where parts[2] == "review": self = .act(.review(pull: parts[1]))
        case ("pulls", 3) where parts[2] == "merge": self = .act(.merge(pull: parts[1]))
        case ("runs", 3) where parts[2] == "cancel": self = .act(.cancel(run: parts[1]))
        case ("apps", 2): self = .act(.sync(application: parts[1]))
        case ("releases", 3) where parts[2] == "lift": self = .act(.lift(release: parts[1]))
        case ("rollouts", 3): self = .act(.steer(namespace: parts[1], rollout: parts[2]))
        default: return nil
        }
    }

    /// The parts of a path, decoded; nil where one is no text or could be taken for another.
    private static func parts(of path: String) -> [String]? {
        var parts: [String] = []
        for part in path.split(separator: "/", omittingEmptySubsequences: true) {
            guard let text = FormBody.unescaped(part, plusIsSpace: false), !text.isEmpty, text != ".",
                text != "..", !text.contains("/"), text.utf8.count <= 253
            else { return nil }
            parts.append(text)
        }
        return parts
    }

    /// Whether it goes on without anybody doing anything.
    var isLive: Bool {
        switch self {
        case .live, .logStream: true
        default: false
        }
    }

    /// Whether one can come back to it after a login.
    var isPage: Bool {
        switch self {
        case .page, .commit: true
        default: false
        }
    }
}

/// Something that people do by a form.
enum Action: Sendable, Hashable {
    case approve
    /// Takes an environment back to the release before.
    case rollBack
    case review(pull: String)
    case merge(pull: String)
    case cancel(run: String)
    /// Has an application compared with git, or made what git says.
    case sync(application: String)
    /// Ends the quarantine of a release.
    case lift(release: String)
    case steer(namespace: String, rollout: String)
}

/// Which page is meant, before it is known what it is made of.
enum PageReference: Sendable, Hashable {
    case board, pulls, queue, runs, apps, rollouts
    case pull(String)
    case run(String)
    case log(run: String, step: String)
    case app(String)
    case difference(String)
    case rollout(namespace: String, name: String)
    case commit(repository: String, commit: String)

    /// The reference of a path's parts; nil for those of no page.
    init?(_ parts: [String]) {
        switch (parts.first, parts.count) {
        case (nil, 0): self = .board
        case ("pulls", 1): self = .pulls
        case ("pulls", 2): self = .pull(parts[1])
        case ("queue", 1): self = .queue
        case ("runs", 1): self = .runs
        case ("runs", 2): self = .run(parts[1])
        case ("runs", 4) where parts[2] == "logs": self = .log(run: parts[1], step: parts[3])
        case ("apps", 1): self = .apps
        case ("apps", 2): self = .app(parts[1])
        case ("apps", 3) where parts[2] == "diff": self = .difference(parts[1])
        case ("rollouts", 1): self = .rollouts
        case ("rollouts", 3): self = .rollout(namespace: parts[1], name: parts[2])
        case ("commits", 3) where Self.isCommit(parts[2]):
            self = .commit(repository: parts[1], commit: parts[2])
        default: return nil
        }
    }

    private static func isCommit(_ text: String) -> Bool {
        text.utf8.count == 40
            && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }

    var path: String {
        switch self {
        case .board: "/"
        case .pulls: "/pulls"
        case .queue: "/queue"
        case .runs: "/runs"
        case .apps: "/apps"
        case .rollouts: "/rollouts"
        case .pull(let name): "/pulls/\(name)"
        case .run(let name): "/runs/\(name)"
        case .log(let run, let step): "/runs/\(run)/logs/\(step)"
        case .app(let name): "/apps/\(name)"
        case .difference(let name): "/apps/\(name)/diff"
        case .rollout(let namespace, let name): "/rollouts/\(namespace)/\(name)"
        case .commit(let repository, let commit): "/commits/\(repository)/\(commit)"
        }
    }

    /// Whether its page is kept up to date by a stream of changed parts.
    var isLive: Bool {
        switch self {
        case .log, .difference: false
        default: true
        }
    }
}
