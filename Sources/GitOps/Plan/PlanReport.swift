public import Manifest

/// What a range of commits changes in the objects of the applications it touches.
public struct PlanReport: Sendable {
    /// A change of one object.
    public struct Change: Sendable {
        /// What becomes of the object.
        public enum Kind: String, Sendable { case added, changed, removed }

        /// Whether the object comes, changes or goes.
        public var kind: Kind
        /// The object.
        public var key: ResourceKey
        /// The difference as `diff -u` shows it, secrets masked.
        public var difference: String
    }

    /// An application that the range touches.
    public struct ApplicationPlan: Sendable {
        /// The application's name.
        public var name: String
        /// The folder that it is rendered from.
        public var path: String
        /// What changes, in the order in which it is rendered.
        public var changes: [Change]
        /// Why the application cannot be rendered at the end of the range, empty where it can.
        public var fault: String
        /// Why a sync of the plan would wait for approval, empty where it would not.
        public var approval: String
        /// The digest of everything that the application renders to at the end of the range.
        public var digest: String
    }

    /// The commit that the range begins at.
    public var base: String
    /// The commit that it ends at.
    public var head: String
    /// How many applications there are at the end of the range.
    public var total: Int
    /// What changes in the applications that the range touches, by their names.
    public var applications: [ApplicationPlan]

    /// Whether an application can no longer be rendered.
    public var hasFaults: Bool { applications.contains { !$0.fault.isEmpty } }

    private func count(_ kind: Change.Kind) -> Int {
        applications.reduce(0) { $0 + $1.changes.count { $0.kind == kind } }
    }

    /// The numbers in a sentence.
    public var summary: String {
        let touched = applications.count
        return
            "\(touched) of \(total) application\(total == 1 ? "" : "s") touched: \(count(.added)) objects added, "
            + "\(count(.changed)) changed, \(count(.removed)) removed"
    }

    /// The report as JSON.
    public var value: Value {
        [
            "base": .string(base), "head": .string(head), "applicationsTotal": .integer(Int64(total)),
            "summary": .string(summary),
            "applications": .array(
                applications.map { application in
                    var fields: Object = [
                        "name": .string(application.name), "path": .string(application.path),
                        "digest": .string(application.digest),
                        "changes": .array(
                            application.changes.map { change in
                                [
                                    "change": .string(change.kind.rawValue),
                                    "group": .string(change.key.group),
                                    "kind": .string(change.key.kind),
                                    "namespace": .string(change.key.namespace),
                                    "name": .string(change.key.name), "diff": .string(change.difference),
                                ]
                            }),
                    ]
                    if !application.fault.isEmpty { fields["fault"] = .string(application.fault) }
                    if !application.approval.isEmpty { fields["approval"] = .string(application.approval) }
                    return .object(fields)
                }),
        ]
    }

    /// The report for a terminal.
    public var text: String {
        var text = "Plan \(base.prefix(10))..\(head.prefix(10)): \(summary)\n"
        for application in applications {
            text += "\n=== \(application.name) (\(application.path))  \(application.digest.prefix(12))\n"
            if !application.fault.isEmpty { text += "error: \(application.fault)\n" }
            if !application.approval.isEmpty { text += "needs approval: \(application.approval)\n" }
            for change in application.changes {
                text += "--- \(change.kind.rawValue) \(change.key)\n\(change.difference)"
            }
        }
        return text
    }

    /// The report for a comment on a pull request, cut to a number of bytes as forges have limits.
    ///
    /// Where the whole does not fit, applications are shown by the names of their objects, then left out.
    public func markdown(limit: Int = 60_000) -> String {
        var text = "### Rendered changes\n\n\(summary), from `\(base.prefix(10))` to `\(head.prefix(10))`.\n"
        // What is said about what is left out needs room too.
        let room = limit - 300
        var (shortened, omitted) = (0, 0)
        for application in applications {
            let full = Self.section(application, withDifferences: true)
            let short = Self.section(application, withDifferences: false)
            if text.utf8.count + full.utf8.count <= room {
                text += full
            } else if text.utf8.count + short.utf8.count <= room {
                text += short
                shortened += 1
            } else {
                omitted += 1
            }
        }
        let command = "`slipway plan \(base.prefix(10))..\(head.prefix(10))` shows everything"
        if shortened + omitted > 0 {
            text +=
                "\nThe comment would be too long: \(shortened) applications are shown without differences, "
            text += "\(omitted) are left out; \(command).\n"
        }
        return text
    }

    private static func section(_ application: ApplicationPlan, withDifferences: Bool) -> String {
        var part = "\n<details><summary><b>\(escaped(application.name))</b>"
        part += " — \(application.changes.count) objects</summary>\n\n"
        if !application.fault.isEmpty {
            part += "> **Cannot be rendered:** \(escaped(application.fault))\n\n"
        }
        if !application.approval.isEmpty {
            part += "> **Will wait for approval:** \(escaped(application.approval))\n\n"
        }
        for change in application.changes {
            part += "`\(change.kind.rawValue)` \(escaped(change.key.description))\n\n"
            guard withDifferences else { continue }
            // A fence longer than any in the text, so that nothing can break out of it.
            let fence = String(repeating: "`", count: longestFence(in: change.difference) + 3)
            part += "\(fence)diff\n\(change.difference)\(fence)\n\n"
        }
        return part + "</details>\n"
    }

    private static func longestFence(in text: String) -> Int {
        var longest = 0
        var run = 0
        for character in text {
            run = character == "`" ? run + 1 : 0
            longest = max(longest, run)
        }
        return longest
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
            .replacing("\n", with: " ")
    }
}
