import Synchronization

/// Where orders are kept.
public protocol OrderStore: Sendable {
    /// Stores an order and answers its number.
    func add(_ order: Order) throws -> Int
    /// How many pieces of an item are ordered.
    func total(of item: String) throws -> Int
    /// How many orders there are.
    func count() throws -> Int
}

/// Orders in a database.
public final class DatabaseOrders: OrderStore {
    private static let setup = "4711"
    private let database: Mutex<PostgreSQL>

    /// Connects, and makes the table where it is missing.
    public init(url: String) throws {
        database = Mutex(try PostgreSQL(url: url))
        // IF NOT EXISTS does not hold for two that begin at once: one at a time, then.
        _ = try query("SELECT pg_advisory_lock($1::bigint)", [Self.setup])
        defer { _ = try? query("SELECT pg_advisory_unlock($1::bigint)", [Self.setup]) }
        _ = try query(
            "CREATE TABLE IF NOT EXISTS orders (id bigserial PRIMARY KEY, item text NOT NULL, quantity int NOT NULL)"
        )
    }

    public func add(_ order: Order) throws -> Int {
        try query(
            "INSERT INTO orders (item, quantity) VALUES ($1, $2::int) RETURNING id",
            [order.item, String(order.quantity)])
    }

    public func total(of item: String) throws -> Int {
        try query("SELECT coalesce(sum(quantity), 0) FROM orders WHERE item = $1", [item])
    }

    public func count() throws -> Int { try query("SELECT count(*) FROM orders") }

    /// The number in the first column of the first row.
    private func query(_ statement: String, _ parameters: [String] = []) throws -> Int {
        try database.withLock { database in
            let rows = try database.query(statement, parameters)
            return rows.first?.first.flatMap { $0 }.flatMap { Int($0) } ?? 0
        }
    }
}

/// Orders for as long as the process lives, for trying the service out.
public final class MemoryOrders: OrderStore {
    private let orders = Mutex<[Order]>([])

    public init() {}

    public func add(_ order: Order) -> Int {
        orders.withLock { orders in
            orders.append(order)
            return orders.count
        }
    }

    public func total(of item: String) -> Int {
        orders.withLock { $0.filter { $0.item == item }.reduce(0) { $0 + $1.quantity } }
    }

    public func count() -> Int { orders.withLock { $0.count } }
}
