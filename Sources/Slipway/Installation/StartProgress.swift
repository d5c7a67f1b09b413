/// What an installation tells while it starts.
public enum StartProgress: Sendable, Hashable {
    /// A part is there: what it is, and where or what it works with.
    case part(String, String)
    /// Everything is there.
    case ready(Duration)
    /// Something is not as it could be, and what to do about it.
    case notice(String)
}
