/// Where orders are kept.
public protocol OrderKeeping {
    /// Stores an order and answers its number.
    func add(_ order: Order) throws -> Int
    /// How many pieces of an item are ordered.
    func total(of item: String) throws -> Int
}

/// Orders in a database.
public struct OrderStore: OrderKeeping {
    private let database: PostgreSQL

    /// Makes the table where it is missing.
    public init(_ database: PostgreSQL) throws {
        self.database = database
        try database.query(
            "CREATE TABLE IF NOT EXISTS orders (id bigserial PRIMARY KEY, item text NOT NULL, quantity int NOT NULL)"
        )
    }

    public func add(_ order: Order) throws -> Int {
        let rows = try database.query(
            "INSERT INTO orders (item, quantity) VALUES ($1, $2::int) RETURNING id",
            [order.item, String(order.quantity)])
        return rows.first?.first.flatMap { $0 }.flatMap { Int($0) } ?? 0
    }

    public func total(of item: String) throws -> Int {
        let rows = try database.query("SELECT coalesce(sum(quantity), 0) FROM orders WHERE item = $1", [item])
        return rows.first?.first.flatMap { $0 }.flatMap { Int($0) } ?? 0
    }
}

/// Orders of one process, gone with it: for trying the service without a database.
public final class OrdersInMemory: OrderKeeping {
    private var count = 0
    private var totals: [String: Int] = [:]

    public init() {}

    public func add(_ order: Order) -> Int {
        count += 1
        totals[order.item, default: 0] += order.quantity
        return count
    }

    public func total(of item: String) -> Int { totals[item] ?? 0 }
}
