import Testing

@testable import Orders

struct OrderTests {
    @Test(arguments: [
        ("item=apple&quantity=3", Order(item: "apple", quantity: 3)),
        ("quantity=1&item=green+apple%21", Order(item: "green apple!", quantity: 1)),
    ])
    func `a form is read`(_ form: String, _ order: Order) { #expect(Order(form: form) == order) }

    @Test(arguments: ["", "item=apple", "item=%ZZ&quantity=1", "item=apple&quantity=many"])
    func `a form that lacks something is none`(_ form: String) { #expect(Order(form: form) == nil) }

    @Test func `orders without an item, or of too many, are refused`() {
        #expect(Order(item: "apple", quantity: 1).refusal == nil)
        #expect(Order(item: "", quantity: 1).refusal != nil)
        #expect(Order(item: "apple", quantity: 0).refusal != nil)
        #expect(Order(item: "apple", quantity: 1_001).refusal != nil)
        #expect(Order(item: "a\nb", quantity: 1).refusal != nil)
    }

    @Test func `a database URL is taken apart`() {
        let address = Address("postgres://ann:p:w@127.0.0.1:5433/shop")
        #expect(address?.password == "p:w" && address?.port == 5433 && address?.database == "shop")
        #expect(Address("mysql://ann:pw@host/shop") == nil)
    }
}
