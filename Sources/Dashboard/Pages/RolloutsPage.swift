import KubeClient
import KubeModel
import Manifest
import Rollouts

/// All rollouts, those under way first.
struct RolloutsPage: Page {
    let places: RolloutPlaces

    var title: String { "Rollouts" }
    var section: Section { .rollouts }
    var collections: [ObjectCollection] { places.collections }

    func regions(_ context: PageContext) async throws -> [Region] {
        let all = context.objects[Rollout.resource].map(RolloutSummary.init)
        let sorted =
            all.filter { $0.isUnderWay || $0.isAborted } + all.filter { !$0.isUnderWay && !$0.isAborted }
        return [
            Region(
                name: "rollouts", template: "rollouts",
                fields: [
                    "rows": .list(
                        sorted.map {
                            $0.fields.merging(["message": .text(Short.text($0.status.message))])
                        }), "isEmpty": .flag(all.isEmpty), "hint": places.hint,
                ], spoken: sorted.map(\.spoken))
        ]
    }
}
