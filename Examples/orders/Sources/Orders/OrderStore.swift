/// Orders in a database.
public struct OrderStore {
    private let database: PostgreSQL

    /// Makes the table where it is missing.
    public init(_ database: PostgreSQL) throws {
        self.database = database
        try database.query(
            "CREATE TABLE IF NOT EXISTS orders (id bigserial PRIMARY KEY, item text NOT NULL, quantity int NOT NULL)"
        )
    }

    /// Stores an order and answers its number.
    public func add(_ order: Order) throws -> Int {
        let rows = try database.query(
            "INSERT INTO orders (item, quantity) VALUES ($1, $2::int) RETURNING id",
            [order.item, String(order.quantity)])
        return rows.first?.first.flatMap { $0 }.flatMap { Int($0) } ?? 0
    }

    /// How many pieces of an item are ordered.
    public func total(of item: String) throws -> Int {
        let rows = try database.query("SELECT coalesce(sum(quantity), 0) FROM orders WHERE item = $1", [item])
        return rows.first?.first.flatMap { $0 }.flatMap { Int($0) } ?? 0
    }
}
