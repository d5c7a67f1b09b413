import KubeModel
import Testing

struct QuantityArithmeticTests {
    @Test(arguments: [
        ("100m", "50m", "150m"), ("1", "1m", "1001m"), ("1Gi", "1Gi", "2Gi"), ("1Gi", "1", "1073741825"),
        ("0", "1Gi", "1Gi"), ("1Gi", "0", "1Gi"), ("1k", "24Ki", "25576"), ("500m", "-500m", "0"),
        ("9E", "1n", "9000000000000000000000000001n"), ("1e3", "1", "1001"), ("1Mi", "-1Ki", "1023Ki"),
    ])
    func `sums are exact and keep the first amount's style`(left: String, right: String, sum: String) throws {
        let total = try Quantity(left) + Quantity(right)
        #expect(total.description == sum)
        #expect(try total - Quantity(right) == Quantity(left))
    }

    @Test func `a sum beyond 38 digits is rounded away from zero at once`() throws {
        let huge = try Quantity("1e2000000000")
        #expect(huge + Quantity(1) > huge)
        #expect(huge - Quantity(1) < huge)
        #expect(huge + huge == huge * 2)
    }

    @Test(arguments: [
        ("1", "1000m"), ("1Ki", "1024"), ("1024Mi", "1Gi"), ("1e3", "1k"), ("0", "0Gi"), ("-1", "-1000m"),
    ])
    func `equal amounts are equal in any style`(left: String, right: String) throws {
        #expect(try Quantity(left) == Quantity(right))
        #expect(try Quantity(left).hashValue == Quantity(right).hashValue)
    }

    @Test(arguments: [
        ("50m", "100m"), ("100Gi", "10000T"), ("-1", "0"), ("-2", "-1"), ("1", "1e2000000000"),
        ("-1e2000000000", "1n"), ("999999999n", "1"), ("1k", "1Ki"),
    ])
    func `the smaller amount comes first`(smaller: String, larger: String) throws {
        let (smaller, larger) = (try Quantity(smaller), try Quantity(larger))
        #expect(smaller < larger)
        #expect(!(larger < smaller))
        #expect(smaller != larger)
    }

    @Test func `integers are taken rounded away from zero and capped`() throws {
        #expect(try Quantity("1001m").value == 2)
        #expect(try Quantity("-1001m").value == -2)
        #expect(try Quantity("1.5").milliValue == 1500)
        #expect(try Quantity("1n").milliValue == 1)
        #expect(try Quantity("2500").scaled(by: 3) == 3)
        #expect(try Quantity("100E").value == .max)
        #expect(try Quantity("-100E").value == .min)
        #expect(try Quantity("1e-2000000000").value == 1)
        #expect(try Quantity("1Gi").exactInteger == 1_073_741_824)
        #expect(try Quantity("1500m").exactInteger == nil)
        #expect(Quantity(value: 500, scale: -3).description == "500m")
    }

    @Test func `a quantity can be multiplied and restyled`() throws {
        #expect((try Quantity("1.5Gi") * 2).description == "3Gi")
        var memory = try Quantity("1024000")
        memory.format = .binarySI
        #expect(memory.description == "1000Ki")
        #expect((try -Quantity("5m")).description == "-5m")
        #expect(try Quantity("5m").isNegative == false)
    }
}
