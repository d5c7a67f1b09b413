/// A change of a reference that counts on its present value.
public struct ReferenceUpdate: Sendable, Hashable {
    enum Action: Sendable, Hashable {
        case create(ObjectID)
        case move(from: ObjectID, to: ObjectID)
        case delete(ObjectID)
        case verify(ObjectID)
        case set(ObjectID)
    }

    /// The full name, such as `refs/heads/main`.
    public let name: String
    let action: Action

    /// Makes a reference that must not exist.
    public static func create(_ name: String, _ target: ObjectID) -> ReferenceUpdate {
        ReferenceUpdate(name: name, action: .create(target))
    }

    /// Moves a reference that must have the old value.
    public static func move(_ name: String, from old: ObjectID, to new: ObjectID) -> ReferenceUpdate {
        ReferenceUpdate(name: name, action: .move(from: old, to: new))
    }

    /// Removes a reference that must have the old value.
    public static func delete(_ name: String, _ old: ObjectID) -> ReferenceUpdate {
        ReferenceUpdate(name: name, action: .delete(old))
    }

    /// Changes nothing, but lets the others fail where the reference has another value.
    public static func verify(_ name: String, _ old: ObjectID) -> ReferenceUpdate {
        ReferenceUpdate(name: name, action: .verify(old))
    }

    /// Sets a reference whatever it is, for those that only one writer has.
    public static func set(_ name: String, _ target: ObjectID) -> ReferenceUpdate {
        ReferenceUpdate(name: name, action: .set(target))
    }

    /// The command of `update-ref --stdin -z`.
    var command: String {
        switch action {
        case .create(let new): "create \(name)\0\(new)\0"
        case .move(let old, let new): "update \(name)\0\(new)\0\(old)\0"
        case .delete(let old): "delete \(name)\0\(old)\0"
        case .verify(let old): "verify \(name)\0\(old)\0"
        case .set(let new): "update \(name)\0\(new)\0\0"
        }
    }
}

extension GitRepository {
    /// Changes references: all of them, or none.
    ///
    /// - Parameters:
    ///   - updates: at most one for each reference.
    ///   - reason: what the reflog says.
    ///   - hooks: the directory whose `reference-transaction` hook may refuse; nil for none.
    ///   - environment: variables for the hook.
    /// - Throws: ``GitError`` with code `refMoved` where a reference does not have the value that was given,
    ///   `refused` where the hook says no.
    public func update(
        _ updates: [ReferenceUpdate], reason: String = "slipway", hooks: String? = nil,
        environment: [String: String] = [:]
    ) async throws {
        guard !updates.isEmpty else { return }
        for update in updates { try ReferenceName.checked(update.name) }
        var invocation = invocation(["update-ref", "--stdin", "-z", "-m", reason.filter { !$0.isNewline }])
        if let hooks { invocation.settings.append(("core.hooksPath", hooks)) }
        invocation.environment = environment
        // One command a reference without symbolic references followed: `main` is never a way to another branch.
        let commands = updates.map { "option no-deref\0" + $0.command }.joined()
        try await program.run(invocation, input: Array("start\0\(commands)prepare\0commit\0".utf8))
    }
}
