import Foundation

/// Programs of the machine that tests run: what `Scripts/setup` installs.
public enum Program {
    /// The first executable of a name on the path or in the administrator's directories, nil where there is none.
    public static func path(_ name: String) -> String? {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        let folders = path.split(separator: ":").map(String.init) + ["/usr/sbin", "/sbin", "/usr/local/sbin"]
        return folders.map { "\($0)/\(name)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    /// A program built beside the tests, such as `slipway`.
    public static func built(_ name: String) -> String? {
        let products = Bundle.main.executableURL?.deletingLastPathComponent()
        guard let file = products?.appending(path: name).path,
            FileManager.default.isExecutableFile(atPath: file)
        else { return nil }
        return file
    }
}
