import Testing

@testable import Orders

struct ServiceTests {
    private let service = Service(MemoryOrders(), build: Build(commit: "c0ffee"))

    @Test func `every answer is of one build`() {
        #expect(service.respond(method: "GET", path: "/version").body == "orders \(Build.version) c0ffee\n")
        #expect(service.respond(method: "GET", path: "/healthz") == .init(200, "ok\n"))
    }

    @Test func `orders are counted and added up`() {
        #expect(service.respond(method: "GET", path: "/orders") == .init(200, "0 orders\n"))
        #expect(service.respond(method: "POST", path: "/orders", body: "item=pear&quantity=4").status == 201)
        #expect(service.respond(method: "POST", path: "/orders", body: "item=pear&quantity=3").status == 201)
        #expect(service.respond(method: "GET", path: "/orders/pear") == .init(200, "7\n"))
        #expect(service.respond(method: "GET", path: "/orders") == .init(200, "2 orders\n"))
    }

    @Test(arguments: [("item=pear", 400), ("item=pear&quantity=0", 422), ("item=&quantity=1", 422)])
    func `what is no order is refused`(_ form: String, _ status: Int) {
        #expect(service.respond(method: "POST", path: "/orders", body: form).status == status)
    }

    @Test func `there is nothing elsewhere`() {
        #expect(service.respond(method: "GET", path: "/nothing").status == 404)
        #expect(service.respond(method: "DELETE", path: "/orders").status == 404)
    }

    @Test func `a request that is not there yet is waited for`() throws {
        let head = "POST /orders HTTP/1.1\r\nContent-Length: 5\r\n\r\n"
        #expect(try Request(Array(head.utf8)) == nil)
        #expect(try Request(Array((head + "a=b&c").utf8))?.body == "a=b&c")
        #expect(throws: Connection.Failure.self) { try Request(Array("hello\r\n\r\n".utf8)) }
    }
}
