import Git
import Manifest

/// Small lists that are kept in a repository, below a reference of their own: what is too much for objects.
struct RepositoryNotes<Item: Codable & Sendable>: Sendable {
    let git: GitRepository
    /// Below `refs/slipway/`, which nobody can push to.
    let reference: String
    /// The most items; the oldest go first.
    let limit: Int

    private static var maximumSize: Int { 4 << 20 }

    func items() async throws -> [Item] {
        guard let object = try await git.object(reference, limit: Self.maximumSize) else { return [] }
        return try ValueDecoder().decode([Item].self, from: try JSON.parse(object.content))
    }

    /// Changes the list on its present state.
    func change(_ body: @Sendable (inout [Item]) -> Void) async throws {
        for attempt in 1...20 {
            let present = try await git.reference(reference)
            var items = present == nil ? [] : try await items()
            body(&items)
            let text = JSON.write(try ValueEncoder().encode(Array(items.suffix(limit))))
            guard text.count <= Self.maximumSize else {
                throw ForgeError(.invalid, "\(reference) has grown beyond \(Self.maximumSize) bytes")
            }
            let blob = try await git.writeBlob(text)
            let update: ReferenceUpdate =
                present.map { .move(reference, from: $0, to: blob) } ?? .create(reference, blob)
            do {
                if present != blob { try await git.update([update], reason: "note") }
                return
            } catch let error as GitError where error.code == .refMoved && attempt < 20 {
                continue
            }
        }
    }
}
