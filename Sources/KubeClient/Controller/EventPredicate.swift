import KubeModel

/// Which events of a cache are worth a reconciler's time.
public struct EventPredicate: Sendable {
    private let isWorthwhile: @Sendable (CacheEvent) -> Bool

    /// Events for which the body is true are worth a look.
    public init(_ isWorthwhile: @escaping @Sendable (CacheEvent) -> Bool) {
        self.isWorthwhile = isWorthwhile
    }

    func callAsFunction(_ event: CacheEvent) -> Bool { isWorthwhile(event) }

    /// Every event.
    public static let all = EventPredicate { _ in true }

    /// Creations, deletions and changes of what is wanted, but not of status or metadata.
    ///
    /// Kinds that do not count their generation pass with every change.
    public static let generationChanged = EventPredicate { event in
        guard case .modified(let old, let new) = event else { return true }
        return old.generation != new.generation || new.generation == 0
    }

    /// Creations, deletions and changes of an annotation, for what is asked for by annotation.
    public static func annotationChanged(_ name: String) -> EventPredicate {
        EventPredicate { event in
            guard case .modified(let old, let new) = event else { return true }
            return old.value?.metadata.annotations[name] != new.value?.metadata.annotations[name]
        }
    }

    /// The events that either predicate lets through.
    public func or(_ other: EventPredicate) -> EventPredicate {
        EventPredicate { isWorthwhile($0) || other($0) }
    }

    /// The events that both predicates let through.
    public func and(_ other: EventPredicate) -> EventPredicate {
        EventPredicate { isWorthwhile($0) && other($0) }
    }
}
