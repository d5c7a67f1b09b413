import HTTPTypes
import Hummingbird
import KubeClient
import KubeModel
import Manifest
import NIOCore

/// A part of a page as HTML.
struct Rendered: Sendable, Hashable {
    let name: String
    let html: Markup
    let spoken: [String]
    /// Changes when any of it does.
    let digest: String

    init(_ name: String, _ html: Markup, spoken: [String] = []) {
        self.name = name
        self.html = html
        self.spoken = spoken.map { Short.text($0) }
        digest = Digests.short(([html.text] + spoken).joined(separator: "\0"))
    }

    /// The sentences as a page keeps them.
    var spokenValue: Value { .array(spoken.map { .string($0) }) }
}

/// What is around the parts of a page.
struct Frame: Sendable {
    var title: String
    var section: Section?
    var trail: [Link] = []
    var notice: Session.Notice?
    var refusals: [String] = []
    /// The address of the page's stream; nil for pages without one.
    var live: String?
    /// Whether the page does something by itself.
    var hasScript = false
    var now = ""
}

extension DashboardRoutes {
    /// Answers with a page.
    func show(_ reference: PageReference, _ session: Session) async throws -> Response {
        let client = client(session)
        let page = try await resolve(reference, client)
        async let abilities = Viewer.abilities(client, on: page, namespace: settings.namespace)
        let objects = try await ObjectReader(client: client).read(page.collections)
        let viewer = Viewer(
            user: session.user, groups: session.groups, formToken: session.formToken,
            abilities: try await abilities)
        let parts = try await render(page, objects, viewer, client)
        var frame = Frame(title: page.title, section: page.section, trail: page.trail)
        frame.notice = sessions.takeNotice(of: session.id)
        frame.refusals = Set(objects.refusals.values).sorted()
        frame.live = reference.isLive ? "/live?page=\(FormBody.escaped(reference.path))" : nil
        frame.hasScript = true
        frame.now = Moments.clock(settings.timeline.date)
        return try self.page(frame, parts, viewer: viewer)
    }

    /// The page that is meant, after looking up what it is made of.
    func resolve(_ reference: PageReference, _ client: KubeClient) async throws -> any Page {
        let namespace = settings.namespace
        switch reference {
        case .board:
            return BoardPage(namespace: namespace, places: try await RolloutPlaces.find(client, namespace))
        case .pulls: return PullRequestsPage(namespace: namespace)
        case .queue: return QueuePage(namespace: namespace)
        case .runs: return RunsPage(namespace: namespace)
        case .apps: return ApplicationsPage(namespace: namespace)
        case .rollouts: return RolloutsPage(places: try await RolloutPlaces.find(client, namespace))
        case .pull(let name):
            let pull = try await client.get(.pullRequests, name, namespace: namespace)
            return PullRequestPage(
                namespace: namespace, name: name, repository: pull.word("spec", "repository"))
        case .run(let name): return RunPage(namespace: namespace, name: name)
        case .log(let run, let step): return LogPage(namespace: namespace, run: run, step: step)
        case .difference(let name): return ApplicationDifferencePage(namespace: namespace, name: name)
        case .rollout(let place, let name): return RolloutPage(namespace: place, name: name)
        case .app(let name):
            let application = try await client.get(Application.resource, name, namespace: namespace)
            return ApplicationPage(
                namespace: namespace, name: name, places: ApplicationPage.places(of: application))
        case .commit(let repository, let commit):
            let deliveries = ObjectCollection(.slipway("deliveries"), in: namespace)
            let objects = try await ObjectReader(client: client).read([deliveries])
            return CommitPage(
                namespace: namespace, repository: repository, commit: commit,
                places: CommitPage.places(of: repository, objects[.slipway("deliveries")]))
        }
    }

    /// Makes the parts of a page of its objects.
    func render(
        _ page: any Page, _ objects: ObjectSet, _ viewer: Viewer, _ client: KubeClient
    ) async throws -> [Rendered] {
        let context = PageContext(
            objects: objects, viewer: viewer, now: settings.timeline.date, client: client, settings: settings)
        return try await page.regions(context).map { region in
            var fields = region.fields
            fields["page"] = .group(viewer.fields)
            return Rendered(
                region.name, try templates.render(region.template, fields), spoken: region.spoken)
        }
    }

    /// Leads from the beginning of a commit's name to its page.
    func commit(_ repository: String, _ prefix: String, _ session: Session) async throws -> Response {
        let fault = DashboardError(.notFound, "nothing is known of a commit \(prefix) of \(repository)")
        guard prefix.utf8.count >= 7, prefix.utf8.count < 40, prefix.allSatisfy(\.isHexDigit) else {
            throw fault
        }
        let client = client(session)
        let namespace = settings.namespace
        let objects = try await ObjectReader(client: client).read([
            ObjectCollection(.pipelineRuns, in: namespace), ObjectCollection(.pullRequests, in: namespace),
            ObjectCollection(.releases, in: namespace),
        ])
        var known: Set<String> = []
        for object in objects[.pipelineRuns] + objects[.pullRequests] + objects[.releases]
        where object.word("spec", "repository") == repository {
            known.insert(object.word("spec", "commit"))
            known.insert(object.word("spec", "head"))
            known.insert(object.word("status", "mergeCommit"))
        }
        let found = known.filter { $0.hasPrefix(prefix.lowercased()) }
        guard found.count == 1, let commit = found.first else { throw fault }
        return .seeOther("/commits/\(FormBody.escaped(repository))/\(commit)")
    }

    /// A page as an answer.
    func page(_ frame: Frame, _ parts: [Rendered], viewer: Viewer?) throws(DashboardError) -> Response {
        let fields: Fields = [
            "title": .text(frame.title), "assets": .text(assets.version), "live": .optional(frame.live),
            "script": .flag(frame.hasScript), "hasUser": .flag(viewer != nil),
            "user": .optional(viewer.map { Short.text($0.user, 100) }), "role": .optional(viewer?.role),
            "csrf": .optional(viewer?.formToken), "notice": .optional(frame.notice?.text),
            "noticeFailed": .flag(frame.notice?.isFailure ?? false), "now": .text(frame.now),
            "hasTrail": .flag(!frame.trail.isEmpty), "trail": .list(frame.trail.map(\.fields)),
            "refusals": .list(frame.refusals.map { ["text": .text($0)] }),
            "sections": .list(
                Section.allCases.map { section in
                    section.link.fields.merging(["isHere": .flag(section == frame.section)])
                }),
            "regions": .list(
                parts.map {
                    [
                        "name": .text($0.name), "digest": .text($0.digest), "html": .markup($0.html),
                        "spoken": .text($0.spoken.isEmpty ? "" : JSON.string($0.spokenValue)),
                    ]
                }),
        ]
        let html = try templates.render("layout", fields)
        return Response(
            status: .ok,
            headers: [.contentType: "text/html; charset=utf-8", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: html.text)))
    }

    /// A page that says what went wrong.
    func failurePage(_ failure: FailurePage, _ session: Session?, back: String?) -> Response {
        let viewer = session.map {
            Viewer(user: $0.user, groups: $0.groups, formToken: $0.formToken)
        }
        do {
            let html = try templates.render("failure", failure.fields(back: back))
            var response = try page(
                Frame(title: failure.title, section: nil), [Rendered("failure", html)], viewer: viewer)
            response.status = failure.status
            return response
        } catch {
            return Response(status: .internalServerError)
        }
    }
}
