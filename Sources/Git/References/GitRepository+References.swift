/// A reference and the object it names.
public struct Reference: Sendable, Hashable {
    /// The full name, such as `refs/heads/main`.
    public var name: String
    /// The object it names; of an annotated tag, the tag.
    public var target: ObjectID

    /// Pairs a name with an object.
    public init(name: String, target: ObjectID) {
        self.name = name
        self.target = target
    }
}

extension GitRepository {
    /// The object that a reference names; nil where there is no such reference, or the object is missing.
    ///
    /// - Throws: ``GitError`` with code `invalidName`.
    public func reference(_ name: String) async throws -> ObjectID? {
        try await resolve(try ReferenceName.checked(name))?.id
    }

    /// The references whose names begin with a prefix that ends in a slash, or are it, in the order of their names.
    ///
    /// - Throws: ``GitError``, with code `tooLarge` beyond the limit.
    public func references(_ prefix: String = "refs/", limit: Int = 1_000_000) async throws -> [Reference] {
        var invocation = invocation([
            "for-each-ref", "--format=%(objectname) %(refname)", "--count=\(limit + 1)", prefix,
        ])
        invocation.outputLimit = 512 << 20
        let lines = try await program.run(invocation).text.split(separator: "\n")
        guard lines.count <= limit else {
            throw GitError(.tooLarge, "\(path) has more than \(limit) references under \(prefix)")
        }
        return lines.compactMap { line in
            guard let space = line.firstIndex(of: " "), let id = ObjectID(line[..<space]) else { return nil }
            return Reference(name: String(line[line.index(after: space)...]), target: id)
        }
    }

    /// The reference that `HEAD` names, such as `refs/heads/main`, and for any other symbolic reference its target.
    ///
    /// - Returns: nil where the reference is not symbolic or does not exist.
    public func symbolicReference(_ name: String = "HEAD") async throws -> String? {
        var invocation = invocation(["symbolic-ref", "--quiet", name])
        invocation.answers = [0, 1, 128]
        let output = try await program.run(invocation)
        return output.code == 0 ? output.text.trimmed : nil
    }
}
