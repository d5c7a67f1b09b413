import KubeModel

extension QueueState {
    /// The lanes as people see them, by name.
    var lanes: [RepositoryStatus.Lane] {
        let hindrances = hindrances()
        let names = Set(candidates.map(\.lane) + entries.map(\.lane))
        return names.sorted().map { name in
            let waiting = zip(entries, hindrances).filter { $0.0.lane == name }
            let candidate = candidates.first { $0.lane == name }
            let phase: String
            let reason: String?
            switch candidate?.phase {
            case .building, .testing: (phase, reason) = ("Testing", nil)
            case .rebasing: (phase, reason) = ("Merging", freeze ?? "the branch moved meanwhile")
            case .landing: (phase, reason) = ("Merging", nil)
            case nil: (phase, reason) = ("Waiting", waiting.first?.1?.message)
            }
            return RepositoryStatus.Lane(
                name: name, phase: phase, reason: reason, candidate: candidate?.commit,
                pullRequests: [candidate?.change.name].compactMap { $0 } + waiting.map(\.0.change.name))
        }
    }
}
