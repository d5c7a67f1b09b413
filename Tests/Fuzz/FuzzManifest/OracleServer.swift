import Manifest

/// Reads documents for a comparison with other readers, many in one process.
///
/// Input: the length in bytes, a line feed, the bytes; repeated. Output: one line each, a JSON list of the
/// values, or `!` and the error.
struct OracleServer {
    func run() {
        let input = Files.readAll(0)
        var place = 0
        while let lineEnd = input[place...].firstIndex(of: 0x0A) {
            guard let length = Int(String(decoding: input[place..<lineEnd], as: UTF8.self)),
                lineEnd + 1 + length <= input.count
            else { Options.stop("the input is no sequence of lengths and documents") }
            place = lineEnd + 1 + length
            Files.writeOutput(answer(Array(input[lineEnd + 1..<place])) + "\n")
        }
    }

    private func answer(_ document: [UInt8]) -> String {
        do throws(ManifestError) {
            return JSON.string(.array(try YAML.parse(document)))
        } catch {
            return "!\(error)"
        }
    }
}
