import Foundation
import Testing

@testable import Orders

/// Against the database that DATABASE_URL names.
struct DatabaseOrdersTests {
    private func store() throws -> DatabaseOrders {
        let url = try #require(ProcessInfo.processInfo.environment["DATABASE_URL"], "DATABASE_URL is not set")
        return try DatabaseOrders(url: url)
    }

    @Test func `the database is told`() throws {
        let url = try #require(ProcessInfo.processInfo.environment["DATABASE_URL"], "DATABASE_URL is not set")
        let rows = try PostgreSQL(url: url).query("SHOW server_version")
        let version = try #require(rows.first?.first ?? nil)
        print("PostgreSQL \(version)")
    }

    private func unique(_ name: String) -> String { "\(name)-\(UInt32.random(in: 0 ... .max))" }

    @Test func `orders of an item are added up`() throws {
        let store = try store()
        let item = unique("apple")
        let first = try store.add(Order(item: item, quantity: 2))
        let second = try store.add(Order(item: item, quantity: 5))
        #expect(second > first)
        #expect(try store.total(of: item) == 7)
        #expect(try store.count() >= 2)
    }

    @Test func `an item is never part of a statement`() throws {
        let store = try store()
        let item = "x'); DROP TABLE orders; --"
        _ = try store.add(Order(item: item, quantity: 1))
        #expect(try store.total(of: item) >= 1)
    }

    @Test func `the service answers from the database`() throws {
        let service = Service(try store(), build: Build(commit: "test"))
        let item = unique("pear")
        #expect(
            service.respond(method: "POST", path: "/orders", body: "item=\(item)&quantity=4").status == 201)
        #expect(service.respond(method: "GET", path: "/orders/\(item)") == .init(200, "4\n"))
    }
}
