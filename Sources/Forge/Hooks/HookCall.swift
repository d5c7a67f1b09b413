/// A change of a reference as git tells it to hooks.
public struct HookUpdate: Codable, Sendable, Hashable {
    /// Zeros for a reference that is made.
    public var old: String
    /// Zeros for a reference that is removed.
    public var new: String
    /// The full name.
    public var reference: String
}

/// What a hook asks the forge.
public struct HookCall: Codable, Sendable, Hashable {
    /// Which hook of git asks.
    public enum Hook: String, Codable, Sendable {
        case preReceive = "pre-receive"
        case procReceive = "proc-receive"
        case referenceTransaction = "reference-transaction"
    }

    /// Which of git's hooks is running.
    public var hook: Hook
    /// The absolute path of the repository.
    public var repository: String
    /// The secret of the push; nil where git was not started by the forge.
    public var push: String?
    /// What is about to change.
    public var updates: [HookUpdate]
    /// The options of `git push -o`.
    public var options: [String]
}

/// What the forge answers.
public struct HookReply: Codable, Sendable, Hashable {
    /// What became of a reference that git left to the forge.
    public struct Outcome: Codable, Sendable, Hashable {
        /// The reference that was pushed to.
        public var reference: String
        /// Why it was refused; nil where it was not.
        public var refusal: String?
        /// The reference that changed in its place, and how.
        public var actual: HookUpdate?
        /// Whether commits were left behind.
        public var isForced: Bool?
    }

    /// Whether git may go on.
    public var isAllowed: Bool
    /// Lines for the person at the other end.
    public var messages: [String]
    /// Only for `proc-receive`, one for each reference.
    public var outcomes: [Outcome]

    /// Allows or refuses, with words for people.
    public init(isAllowed: Bool, messages: [String] = [], outcomes: [Outcome] = []) {
        self.isAllowed = isAllowed
        self.messages = messages
        self.outcomes = outcomes
    }
}
