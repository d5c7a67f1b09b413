import Manifest
import TestSupport
import Testing

@Suite struct YAMLWriterRoundTripTests {
    private static let layouts: [YAML.WriteOptions] = [
        YAML.WriteOptions(),
        YAML.WriteOptions(keyOrder: .sorted, sequenceIndent: .indented),
    ]

    @Test(arguments: [UInt64.random(in: 0...UInt64.max), 1, 2, 3])
    func `what is written reads back as the same value`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        for round in 0..<400 {
            let value = Value.random(using: &random)
            for options in Self.layouts {
                let text = YAML.string(value, options: options)
                #expect(try YAML.parse(text) == [value], "seed \(seed), round \(round):\n\(text)")
            }
        }
    }

    @Test(.enabled(if: PyYAML.isInstalled), arguments: [UInt64.random(in: 0...UInt64.max), 4])
    func `PyYAML reads what was written`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let values = (0..<600).map { _ in Value.random(using: &random) }
        for options in Self.layouts {
            let read = try PyYAML.read(YAML.write(documents: values, options: options))
            #expect(read.count == values.count)
            for (value, other) in zip(values, read) {
                #expect(value == other, "seed \(seed):\n\(YAML.string(value, options: options))")
            }
        }
    }
}
