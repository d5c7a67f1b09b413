import Foundation
import Testing

@testable import Orders

/// Against the database that DATABASE_URL names.
struct OrderStoreTests {
    private func store() throws -> OrderStore {
        let url = try #require(ProcessInfo.processInfo.environment["DATABASE_URL"], "DATABASE_URL is not set")
        return try OrderStore(PostgreSQL(url: url))
    }

    @Test func `orders of an item are added up`() throws {
        let store = try store()
        let item = "apple-\(UInt32.random(in: 0 ... .max))"
        let first = try store.add(Order(item: item, quantity: 2))
        let second = try store.add(Order(item: item, quantity: 5))
        #expect(second > first)
        #expect(try store.total(of: item) == 7)
    }

    @Test func `an item is never part of a statement`() throws {
        let store = try store()
        let item = "x'); DROP TABLE orders; --"
        _ = try store.add(Order(item: item, quantity: 1))
        #expect(try store.total(of: item) >= 1)
    }

    @Test func `the server answers from the database`() throws {
        let server = Server(try store())
        let item = "pear-\(UInt32.random(in: 0 ... .max))"
        #expect(
            server.respond(method: "POST", path: "/orders", body: "item=\(item)&quantity=4").status == 201)
        #expect(server.respond(method: "GET", path: "/orders/\(item)", body: "") == .init(200, "4\n"))
        #expect(
            server.respond(method: "POST", path: "/orders", body: "item=\(item)&quantity=0").status == 422)
        #expect(server.respond(method: "GET", path: "/nothing", body: "").status == 404)
    }
}
