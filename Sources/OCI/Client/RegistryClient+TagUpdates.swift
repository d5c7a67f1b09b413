extension RegistryClient {
    /// How often a tag is read and written until a change is in it.
    private static let updateAttempts = 40

    /// Changes what a moving tag names, without losing what others write at the same time.
    ///
    /// The tag is read, changed, and written on the condition that it still names what was read. Registries that know no
    /// conditions write it nevertheless, so it is read again until what is wanted is in it, and once more a moment later:
    /// by then whoever had read the tag before has written it.
    ///
    /// - Parameter change: what the tag is to name, made of what it names now; nil where nothing is to be changed. May be
    ///   called several times.
    /// - Throws: ``OCIError`` with code `conflict` where the change keeps being lost; what `change` throws.
    public func updateTag(
        _ tag: Reference, _ change: (ManifestDocument?) async throws -> ManifestDocument?
    ) async throws {
        var confirmations = 0
        for attempt in 1...Self.updateAttempts {
            let present = try await manifestIfPresent(tag)
            guard let wanted = try await change(present) else {
                // Nothing was ever to be done, or it is done and has stayed.
                if attempt == 1 || confirmations > 0 { return }
                confirmations += 1
                try await configuration.retry.sleep(configuration.retry.delay(failures: 1))
                continue
            }
            confirmations = 0
            let condition = present.map { TagCondition.names($0.digest) } ?? .isAbsent
            do {
                // A registry that keeps conditions has written this and nothing else.
                if try await putManifest(wanted, to: tag, if: condition) { return }
            } catch let error as OCIError where error.code == .conflict {
                let pause = configuration.retry.delay(failures: 1)
                try await configuration.retry.sleep(
                    pause * Double(min(attempt, 8)) * configuration.retry.random())
            }
        }
        throw OCIError(
            .conflict,
            "\(tag) keeps losing what is written to it: other clients write it at the same time; try again")
    }
}
