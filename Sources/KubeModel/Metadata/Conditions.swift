public import Manifest

/// The list `status.conditions`, changed through one setter so that its times and order mean something.
///
/// A condition's `lastTransitionTime` moves only with its status, an entry keeps its place, new ones go last,
/// and fields that ``Condition`` does not know, such as `lastUpdateTime`, stay.
public struct Conditions: Sendable, Hashable {
    /// The entries as they stand in the object.
    public private(set) var items: [Value]

    /// The conditions that a list holds.
    public init(_ items: [Value] = []) { self.items = items }

    /// The condition of a type, nil where there is none.
    public subscript(type: String) -> Condition? {
        position(of: type).flatMap { Condition(items[$0]) }
    }

    /// Whether the condition is there and holds.
    public func isTrue(_ type: String) -> Bool { self[type]?.status == .isTrue }

    /// Sets a condition and answers whether that changed anything.
    ///
    /// - Parameters:
    ///   - condition: its `lastTransitionTime`, where given, is taken instead of `now`.
    ///   - generation: what `observedGeneration` becomes; nil takes the condition's own.
    ///   - now: the time of a change of status.
    @discardableResult
    public mutating func set(_ condition: Condition, generation: Int64? = nil, now: Timestamp) -> Bool {
        let place = position(of: condition.type)
        let before: Value = place.map { items[$0] } ?? ["type": .string(condition.type)]
        var after = before
        let moment = condition.lastTransitionTime ?? now
        if before["status"]?.stringValue != condition.status.rawValue || before["lastTransitionTime"] == nil {
            after["status"] = .string(condition.status.rawValue)
            after["lastTransitionTime"] = .string(moment.rfc3339)
        }
        after["reason"] = .string(condition.reason)
        after["message"] = .string(condition.message)
        let observed = generation ?? condition.observedGeneration
        if observed != (before["observedGeneration"]?.integerValue ?? 0) {
            if observed == 0 {
                after["observedGeneration"] = nil
            } else {
                after["observedGeneration"] = .integer(observed)
            }
        }
        guard after != before else { return false }
        if let place { items[place] = after } else { items.append(after) }
        return true
    }

    /// Removes a condition and answers whether it was there.
    @discardableResult
    public mutating func remove(_ type: String) -> Bool {
        let count = items.count
        items.removeAll { $0["type"]?.stringValue == type }
        return items.count != count
    }

    private func position(of type: String) -> Int? {
        items.firstIndex { $0["type"]?.stringValue == type }
    }
}

extension Value {
    /// The object's `status.conditions`.
    public var conditions: Conditions {
        get { Conditions(self["status"]?["conditions"]?.arrayValue ?? []) }
        set {
            guard !newValue.items.isEmpty || self["status"]?["conditions"] != nil else { return }
            self["status", default: .emptyObject]["conditions"] = .array(newValue.items)
        }
    }
}
