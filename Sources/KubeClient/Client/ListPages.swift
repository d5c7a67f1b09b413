public import KubeModel
public import Manifest

extension KubeClient {
    /// A collection in pages, each fetched when it is asked for.
    ///
    ///     for try await page in client.pages(of: .pods, namespace: nil) { … }
    ///
    /// A server forgets the state a list began with after some minutes. Then the rest comes anew as one page
    /// that starts over, with ``ListPages/Page/startsOver`` set.
    public func pages(
        of resource: GroupVersionResource, namespace: String?, selection: Selection = .all,
        freshness: Freshness = .newest, limit: Int = 500, form: ObjectForm = .whole
    ) -> ListPages {
        ListPages(
            client: self, resource: resource, namespace: namespace, selection: selection,
            freshness: freshness, limit: limit, form: form)
    }

    /// All objects of a collection, fetched in pages.
    ///
    /// - Throws: `APIError`; ``KubeClientError``.
    public func listAll(
        _ resource: GroupVersionResource, namespace: String?, selection: Selection = .all, limit: Int = 500
    ) async throws -> [Value] {
        var items: [Value] = []
        for try await page in pages(of: resource, namespace: namespace, selection: selection, limit: limit) {
            if page.startsOver { items = [] }
            items += page.list.items
        }
        return items
    }
}

/// The pages of a collection; see ``KubeClient/pages(of:namespace:selection:freshness:limit:form:)``.
public struct ListPages: AsyncSequence, Sendable {
    let client: KubeClient
    let resource: GroupVersionResource
    let namespace: String?
    let selection: Selection
    let freshness: Freshness
    let limit: Int
    let form: ObjectForm

    /// A page and how it relates to those before.
    public struct Page: Sendable {
        /// The objects of the page.
        public let list: ObjectList
        /// Whether what came before no longer counts, as this page begins from the first object.
        public let startsOver: Bool
    }

    /// Iterates from the first page.
    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(pages: self) }

    /// Fetches page by page.
    public struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate enum Progress {
            case begin
            case next(String)
            case end
        }

        fileprivate let pages: ListPages
        fileprivate var progress = Progress.begin

        /// The next page, nil after the last.
        ///
        /// - Throws: `APIError`; ``KubeClientError``.
        public mutating func next() async throws -> Page? {
            switch progress {
            case .begin:
                return advance(try await fetch(limit: pages.limit), startsOver: true)
            case .next(let token):
                do {
                    let list = try await fetch(limit: pages.limit, continuation: token)
                    return advance(list, startsOver: false)
                } catch let error as APIError where error.isExpired {
                    // In one piece, which no state that is forgotten meanwhile can interrupt.
                    return advance(try await fetch(limit: nil), startsOver: true)
                }
            case .end:
                return nil
            }
        }

        private mutating func advance(_ list: ObjectList, startsOver: Bool) -> Page {
            progress = list.continueToken.map(Progress.next) ?? .end
            return Page(list: list, startsOver: startsOver)
        }

        private func fetch(limit: Int?, continuation: String? = nil) async throws -> ObjectList {
            try await pages.client.list(
                pages.resource, namespace: pages.namespace, selection: pages.selection,
                freshness: pages.freshness, limit: limit, continuation: continuation, form: pages.form)
        }
    }
}
