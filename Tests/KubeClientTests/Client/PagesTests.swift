import KubeClient
import KubeModel
import Manifest
import Testing

@Suite struct PagesTests {
    private let collection = "/api/v1/namespaces/ns/configmaps"

    private func api(objects: Int) -> FakeAPI {
        let api = FakeAPI()
        for number in 0..<objects {
            api.put(collection, ["metadata": ["name": .string("c\(100 + number)"), "namespace": "ns"]])
        }
        return api
    }

    @Test func `pages follow each other to the end`() async throws {
        let api = api(objects: 7)
        var sizes: [Int] = []
        for try await page in KubeClient(api).pages(of: .configMaps, namespace: "ns", limit: 3) {
            sizes.append(page.list.items.count)
            #expect(page.startsOver == (sizes.count == 1))
        }
        #expect(sizes == [3, 3, 1])
    }

    @Test func `a list that grew too old on the way starts over in one piece`() async throws {
        let api = api(objects: 7)
        var pages = KubeClient(api).pages(of: .configMaps, namespace: "ns", limit: 3).makeAsyncIterator()
        _ = try await pages.next()
        api.compact()
        let second = try #require(try await pages.next())
        #expect(second.startsOver)
        #expect(second.list.items.count == 7)
        #expect(try await pages.next() == nil)
    }

    @Test func `collecting all counts nothing twice`() async throws {
        let api = api(objects: 7)
        let requests = Recorder(0)
        api.intercept { [weak api] _ in
            if requests.withLock({
                $0 += 1
                return $0
            }) == 2 {
                api?.compact()
            }
            return nil
        }
        let items = try await KubeClient(api).listAll(.configMaps, namespace: "ns", limit: 3)
        #expect(items.count == 7)
    }
}
