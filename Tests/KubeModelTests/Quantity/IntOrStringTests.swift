import KubeModel
import Manifest
import Testing

struct IntOrStringTests {
    @Test(arguments: [
        (IntOrString.int(3), 10, 3, 3), ("25%", 10, 3, 2), ("25%", 8, 2, 2), ("0%", 7, 0, 0),
        ("100%", 7, 7, 7), ("33%", 3, 1, 0), ("-5%", 10, 0, -1),
    ])
    func `a percentage is a share of the total`(
        value: IntOrString, total: Int, roundedUp: Int, roundedDown: Int
    ) throws {
        #expect(try value.scaled(of: total, rounding: .up) == roundedUp)
        #expect(try value.scaled(of: total, rounding: .down) == roundedDown)
    }

    @Test(arguments: [
        ("5", "invalid value for IntOrString: invalid type: string is not a percentage"),
        (
            "a%",
            #"invalid value for IntOrString: invalid value "a%": strconv.Atoi: parsing "a": invalid syntax"#
        ),
    ])
    func `a text that is no percentage is refused`(text: String, message: String) {
        #expect(throws: KubeModelError(.invalidIntOrString, message)) {
            try IntOrString.string(text).scaled(of: 10, rounding: .up)
        }
    }

    @Test func `fields and command lines are read by their type`() {
        #expect(IntOrString(8080 as Value) == 8080)
        #expect(IntOrString("http" as Value) == "http")
        #expect(IntOrString(true as Value) == nil)
        #expect(IntOrString(5_000_000_000 as Value) == nil)
        #expect(IntOrString(parsing: "80") == 80)
        #expect(IntOrString(parsing: "80%") == "80%")
        #expect(IntOrString("25%").value == "25%")
        #expect(IntOrString.int(7).description == "7")
    }
}
