import Glibc

/// A part of a volume that a container mounts in place of the whole.
enum SubPath {
    /// The path of a part, made where it is missing; never one outside of the volume, whatever links are in it.
    ///
    /// - Throws: ``ConfigurationFault``, `SystemCallFailure`.
    static func resolve(_ part: String, in volume: String) throws -> String {
        let base = try real(volume)
        var place = base
        let names = part.split(separator: "/").filter { $0 != "." }
        for name in names {
            if name == ".." { throw ConfigurationFault("subPath \(part) must not contain \"..\"") }
            let next = "\(place)/\(name)"
            if !Disk.exists(next) { try Disk.makeDirectory(next, mode: 0o777 & ~0o022) }
            place = try real(next)
            guard place == base || place.hasPrefix(base + "/") else {
                throw ConfigurationFault("failed to prepare subPath \(part): it leads out of its volume")
            }
        }
        return place
    }

    private static func real(_ path: String) throws -> String {
        guard let resolved = realpath(path, nil) else { throw SystemCallFailure("resolve", path) }
        defer { free(resolved) }
        return String(cString: resolved)
    }
}
