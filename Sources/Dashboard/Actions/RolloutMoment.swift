import KubeModel
import Manifest
import Rollouts

/// What somebody saw of a rollout when they decided what to do with it; forms carry it.
///
/// A page may be old, and a button pressed twice: what was meant for one pause must not end another, nor skip the
/// analysis behind it.
struct RolloutMoment: Sendable, Hashable {
    /// The version that is wanted.
    var hash = ""
    /// The index of the step; empty where there are none.
    var step = ""
    /// Which pauses there are, and since when; empty where nothing is waited for.
    var paused = ""

    init(_ summary: RolloutSummary) {
        hash = summary.status.currentHash
        step = summary.status.currentStepIndex.map { String($0) } ?? ""
        paused = summary.status.pauses.map { "\($0.reason.rawValue)@\($0.start.rfc3339)" }.joined(
            separator: ",")
    }

    init(_ form: FormBody) {
        hash = form["hash"]
        step = form["step"]
        paused = form["paused"]
    }

    /// What a form carries.
    var fields: Fields { ["seenHash": .text(hash), "seenStep": .text(step), "seenPaused": .text(paused)] }

    /// Checks that what decided is still so.
    ///
    /// - Throws: ``DashboardError`` with code `changed`.
    func check(_ present: RolloutMoment, for steering: RolloutSteering, of name: String)
        throws(DashboardError)
    {
        guard steering.isOfVersion else { return }
        guard hash == present.hash else {
            throw DashboardError(
                .changed, "\(name): another version is on its way than the one you looked at")
        }
        guard steering.isOfStep else { return }
        guard step == present.step else {
            throw DashboardError(
                .changed, "\(name): the rollout is at another step than the one you looked at")
        }
        guard paused == present.paused else {
            throw DashboardError(
                .changed,
                "\(name): the rollout "
                    + (present.paused.isEmpty
                        ? "goes on already" : "waits for something else than what you saw"))
        }
    }
}
