import Manifest
import Testing

/// What plain scalars, tagged scalars and keys become, as kubectl has it.
@Suite struct YAMLScalarTests {
    private func value(_ text: String) throws -> Value? {
        try YAML.parse("v: \(text)\n").first?["v"]
    }

    @Test(arguments: [
        "true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON", "y", "Y",
    ])
    func `a word for true is a boolean`(text: String) throws {
        #expect(try value(text) == true)
    }

    @Test(arguments: ["false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF", "n", "N"])
    func `a word for false is a boolean`(text: String) throws {
        #expect(try value(text) == false)
    }

    @Test(arguments: ["", "~", "null", "Null", "NULL", "!!null null"])
    func `a word for nothing is null`(text: String) throws {
        #expect(try value(text) == .null)
    }

    @Test(arguments: [
        ("0", 0), ("-0", 0), ("+1", 1), ("42", 42), ("-17", -17), ("1_000", 1000), ("0b11", 3), ("-0b11", -3),
        ("0B11", 3), ("0o17", 15), ("017", 15), ("-017", -15), ("0x1F", 31), ("0X1f", 31), ("+0x10", 16),
        ("9223372036854775807", Int64.max), ("-9223372036854775808", Int64.min), ("!!int \"3\"", 3),
        ("0_1", 1), ("1_", 1),
    ])
    func `an integer is read in its base`(text: String, expected: Int64) throws {
        #expect(try value(text) == .integer(expected))
    }

    @Test(arguments: [
        ("1.50", "1.50"), ("1e3", "1e3"), ("-1.5E+10", "-1.5E+10"),
        ("18446744073709551615", "18446744073709551615"),
        ("123456789012345678901", "123456789012345678901"), ("-0.0", "-0.0"), ("1.", "1.0"), (".5", "0.5"),
        ("+1.5", "1.5"), ("08", "8.0"), ("09.5", "9.5"), ("1_0.5", "10.5"),
        ("0xFFFFFFFFFFFFFFFF", "18446744073709551615"),
        ("!!float 3", "3.0"),
    ])
    func `a number keeps its spelling where JSON can write it`(text: String, expected: String) throws {
        guard case .double(let real)? = try value(text) else {
            Issue.record("\(text) is no number")
            return
        }
        #expect(real.text == expected)
    }

    @Test(arguments: [
        "yEs", "oN", "nULL", "tRUE", "None", "0x", "0b", "0b2", "0o8", "0xG", "1.2.3", "1e", "1e400", "+",
        "-x",
        ".", "..", ".e3", "+.", "1:30", "2001-01-01", "2001-12-14t21:59:43.10-05:00", "_1", "1.5.", "0x1p4",
        "0xFFFFFFFFFFFFFFFFF", "12e03x", "inf", "nan", "Infinity", "127.0.0.1", "1Gi", "100m", "v1", "<<x",
    ])
    func `anything else is text`(text: String) throws {
        #expect(try value(text) == .string(text))
    }

    @Test(arguments: [
        ("! 12", "12"), ("!!str 12", "12"), ("!!str", ""), ("!local 12", "12"), ("\"12\"", "12"),
        ("'yes'", "yes"),
        ("!!binary aGVsbG8=", "hello"), ("!<tag:yaml.org,2002:str> on", "on"),
        ("!!timestamp 2001-01-01", "2001-01-01"),
    ])
    func `quotes and tags make text`(text: String, expected: String) throws {
        #expect(try value(text) == .string(expected))
    }

    @Test(arguments: [
        ("yes", "true"), ("off", "false"), ("~", "null"), ("18", "18"), ("0o17", "15"), ("1.5", "1.5"),
        ("1000000.0", "1e+06"), ("123456.0", "123456"), ("12345678.0", "1.2345678e+07"), ("1e-7", "1e-07"),
        ("0.1", "0.1"), ("-2.50", "-2.5"), ("1e21", "1e+21"), ("0.0", "0"), ("\"yes\"", "yes"),
        ("!!str 1", "1"),
        (".inf", ".inf"), ("18446744073709551615", "18446744073709551615"),
    ])
    func `a key becomes the text kubectl makes of it`(key: String, expected: String) throws {
        let value = try #require(try YAML.parse("\(key): v\n").first)
        #expect(value == .object([expected: "v"]))
    }

    @Test func `Kustomize knows two booleans only`() throws {
        let options = YAML.ReadOptions(dialect: .kustomize)
        let value = try YAML.parse("yes: on\n\"true\": n\nTrue2: true\n", options: options)
        #expect(value == [["yes": "on", "true": "n", "True2": true]])
    }
}
