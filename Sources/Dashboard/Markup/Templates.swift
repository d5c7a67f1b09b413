import Mustache

/// The templates of all pages, compiled into the program.
struct Templates: Sendable {
    private let library: MustacheLibrary

    /// Parses the templates.
    ///
    /// - Throws: ``DashboardError`` with code `template`; a test renders every one, so that it does not come to this.
    init() throws(DashboardError) {
        MustacheContentTypes.register(PageContentType(), named: PageContentType.name)
        var library = MustacheLibrary()
        for (name, bytes) in Self.sources {
            // Partials inherit the content type; a page of their own would need it, too.
            let text = "{{% CONTENT_TYPE: \(PageContentType.name)}}" + String(decoding: bytes, as: UTF8.self)
            do {
                try library.register(text, named: name)
            } catch {
                throw DashboardError(.template, "the template \(name) cannot be parsed: \(error)")
            }
        }
        self.library = library
    }

    /// A template with its values.
    ///
    /// - Throws: ``DashboardError`` with code `template` where there is none of the name.
    func render(_ name: String, _ fields: Fields) throws(DashboardError) -> Markup {
        guard let text = library.render(fields, withTemplate: name) else {
            throw DashboardError(.template, "there is no template \(name)")
        }
        return Markup(trusted: text)
    }

    /// The names and texts of the templates, a file each.
    static let sources: [(name: String, bytes: [UInt8])] = [
        ("application", PackageResources.application_mustache),
        ("applications", PackageResources.applications_mustache),
        ("approval", PackageResources.approval_mustache),
        ("badge", PackageResources.badge_mustache),
        ("board", PackageResources.board_mustache),
        ("canary", PackageResources.canary_mustache),
        ("commit", PackageResources.commit_mustache),
        ("diff", PackageResources.diff_mustache),
        ("failure", PackageResources.failure_mustache),
        ("gates", PackageResources.gates_mustache),
        ("image", PackageResources.image_mustache),
        ("layout", PackageResources.layout_mustache),
        ("log", PackageResources.log_mustache),
        ("login", PackageResources.login_mustache),
        ("node", PackageResources.node_mustache),
        ("promotions", PackageResources.promotions_mustache),
        ("pull", PackageResources.pull_mustache),
        ("pulls", PackageResources.pulls_mustache),
        ("queue", PackageResources.queue_mustache),
        ("rollout", PackageResources.rollout_mustache),
        ("rollouts", PackageResources.rollouts_mustache),
        ("run", PackageResources.run_mustache),
        ("runs", PackageResources.runs_mustache),
        ("steer", PackageResources.steer_mustache),
        ("summary", PackageResources.summary_mustache),
    ]
}
