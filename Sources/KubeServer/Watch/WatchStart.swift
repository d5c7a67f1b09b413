import KubeModel

/// Where a watch begins.
struct WatchStart: Sendable {
    /// The objects to announce first, nil where the watch begins with the changes after ``revision``.
    let initial: SortedObjects?
    let revision: UInt64
    /// Whether a bookmark marks the end of the initial objects.
    let marksInitialEnd: Bool
    let epoch: Int

    /// Reads the beginning from a watch's query.
    ///
    /// - Throws: `timeout` where the initial state demanded lies in the future.
    init(of resource: String, in store: Store, options: ListOptions) throws(APIError) {
        epoch = store.epoch(of: resource)
        marksInitialEnd = options.sendsInitialEvents == true && options.allowsBookmarks
        let wanted = try ResourceVersion(options.resourceVersion)
        switch (wanted, options.sendsInitialEvents) {
        case (.revision(let revision), true?):
            let snapshot = store.snapshot(of: resource)
            if snapshot.revision < revision {
                throw .tooLargeResourceVersion(revision, current: snapshot.revision)
            }
            initial = snapshot.objects
            self.revision = snapshot.revision
        case (.revision(let revision), _):
            initial = nil
            self.revision = revision
        case (_, false?):
            initial = nil
            revision = store.revision
        case (_, _):
            let snapshot = store.snapshot(of: resource)
            initial = snapshot.objects
            revision = snapshot.revision
        }
    }
}
