import Orders

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

// What an image is verified with: the program starts and knows its own rules, without a database.
if CommandLine.arguments.dropFirst().first == "--selfcheck" {
    let isRight = Order(form: "item=green+apple&quantity=3") == Order(item: "green apple", quantity: 3)
    print(isRight ? "ok" : "wrong")
    exit(isRight ? 0 : 1)
}

do {
    var store: any OrderKeeping = OrdersInMemory()
    if let url = variable("DATABASE_URL") { store = try OrderStore(PostgreSQL(url: url)) }
    try Server(store).run(port: variable("PORT").flatMap { UInt16($0) } ?? 8080) {
        print("listening on \($0)")
    }
} catch {
    print("orders: \(error)")
    exit(1)
}
