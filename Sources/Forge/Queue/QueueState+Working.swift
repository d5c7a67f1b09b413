extension QueueState {
    /// What keeps an entry from being tested.
    public enum Hindrance: Sendable, Hashable {
        case frozen(String)
        /// Another change of the lane is being tested.
        case busy(lane: String, with: String)
        /// A change that concerns the whole repository is being tested, or comes first.
        case wholeRepository(String)
        /// This change concerns the whole repository, so that every lane must be empty first.
        case lanesBusy([String])
        /// Others of the lane came before.
        case behind(Int, first: String)

        /// For people.
        public var message: String {
            switch self {
            case .frozen(let reason): "nothing is merged for now: \(reason)"
            case .busy(let lane, let name): "\(name) is being tested in lane \(lane)"
            case .wholeRepository(let name): "\(name) concerns the whole repository and comes first"
            case .lanesBusy(let names):
                "concerns the whole repository and waits for \(names.joined(separator: ", "))"
            // Deep in the queue nothing is said that changes with every merge before it.
            case .behind(let count, let first):
                count > 20
                    ? "more than 20 before it in its lane" : "\(count) before it in its lane, \(first) first"
            }
        }

        /// For programs.
        public var reason: String {
            switch self {
            case .frozen: "Frozen"
            case .busy: "LaneBusy"
            case .wholeRepository: "WaitsForRepository"
            case .lanesBusy: "WaitsForLanes"
            case .behind: "Queued"
            }
        }
    }

    /// What stands in the way of each entry; nil for those that can begin.
    ///
    /// A lane has one candidate at a time. A change of the whole repository has it for itself, and those behind it
    /// wait, so that it is never overtaken for ever.
    public func hindrances() -> [Hindrance?] {
        var begun: [String: String] = [:]
        for candidate in candidates { begun[candidate.lane] = candidate.change.name }
        var waiting: [String: (count: Int, first: String)] = [:]
        var barrier: String?
        return entries.map { entry in
            let name = entry.change.name
            if let freeze { return .frozen(freeze) }
            if let barrier { return .wholeRepository(barrier) }
            if let whole = begun[""] { return .wholeRepository(whole) }
            if entry.lane.isEmpty {
                barrier = name
                let before = begun.values.sorted()
                if !before.isEmpty { return .lanesBusy(before) }
                begun[""] = name
                return nil
            }
            if let (count, first) = waiting[entry.lane] {
                waiting[entry.lane] = (count + 1, first)
                return .behind(count, first: first)
            }
            if let present = begun[entry.lane] {
                waiting[entry.lane] = (1, name)
                return .busy(lane: entry.lane, with: present)
            }
            begun[entry.lane] = name
            waiting[entry.lane] = (1, name)
            return nil
        }
    }

    /// What is to be done now. Each action, once done, is told as an event that takes it from the list.
    public var actions: [QueueAction] {
        var actions: [QueueAction] = landings.map { .record($0) }
        actions += evictions.map { .evict($0) }
        actions += cancellations.map { .cancel($0) }
        for candidate in candidates {
            switch candidate.phase {
            case .building: actions.append(.build(candidate))
            case .testing: actions.append(.test(candidate))
            case .rebasing: if freeze == nil { actions.append(.rebase(candidate, onto: head)) }
            // One that has landed already and could not say so is found out when the branch is right again.
            case .landing: if freeze == nil { actions.append(.land(candidate)) }
            }
        }
        actions += discards.map { .discard($0) }
        return actions
    }
}
