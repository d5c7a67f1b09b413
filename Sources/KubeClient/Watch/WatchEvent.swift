public import Manifest

/// What a watch tells.
public enum WatchEvent: Sendable, Hashable {
    /// The object was created, or existed when the watch began.
    case added(Value)
    case modified(Value)
    /// The object is gone; it is shown as it was last.
    case deleted(Value)
    /// Nothing happened up to the resource version, from where a new watch can begin.
    case bookmark(resourceVersion: String, endsInitialEvents: Bool)
}
