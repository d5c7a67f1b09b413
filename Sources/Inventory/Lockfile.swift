/// The files that say which exact packages something is made of.
public enum Lockfile: String, Sendable, Hashable, CaseIterable {
    case packageResolved = "Package.resolved"
    case packageLock = "package-lock.json"
    case requirements = "requirements.txt"
    case uvLock = "uv.lock"
    case goSum = "go.sum"
    case cargoLock = "Cargo.lock"
    /// The package database of Debian and what derives from it.
    case dpkgStatus = "var/lib/dpkg/status"

    /// Larger files are refused: no project's lock file comes near.
    public static let maximumBytes = 64 * 1024 * 1024

    /// The kind of file at a path, nil for every other file.
    ///
    /// Requirement files are those called `requirements.txt` or `requirements-….txt` (and `….lock`), and the
    /// database may also be the folder `status.d` of images without a package manager.
    public init?(path: String) {
        let parts = path.split(separator: "/")
        guard let name = parts.last else { return nil }
        if let kind = Lockfile(rawValue: String(name)), kind != .dpkgStatus {
            self = kind
            return
        }
        if path.hasSuffix(Self.dpkgStatus.rawValue) {
            self = .dpkgStatus
            return
        }
        if parts.dropLast().last == "status.d", parts.dropLast(2).suffix(3) == ["var", "lib", "dpkg"] {
            // Checksums stand beside the stanzas.
            guard !name.hasSuffix(".md5sums") else { return nil }
            self = .dpkgStatus
            return
        }
        if name.hasPrefix("requirements"), name.hasSuffix(".txt") || name.hasSuffix(".lock") {
            self = .requirements
            return
        }
        return nil
    }

    /// The packages that a file lists.
    ///
    /// - Parameters:
    ///   - bytes: the file.
    ///   - location: the file's path as it shall stand in the components.
    ///   - distribution: for package databases, as `os-release` names it: `debian` and `12`.
    /// - Throws: `InventoryError`, with the location as its file.
    public func components(
        of bytes: [UInt8], location: String, distribution: Distribution? = nil
    ) throws(InventoryError) -> [Component] {
        guard bytes.count <= Self.maximumBytes else {
            throw InventoryError(
                .tooLarge, "the file has \(bytes.count) bytes, more than \(Self.maximumBytes)", file: location
            )
        }
        do throws(InventoryError) {
            switch self {
            case .packageResolved: return try PackageResolved.components(of: bytes, location: location)
            case .packageLock: return try PackageLock.components(of: bytes, location: location)
            case .requirements: return try Requirements.components(of: bytes, location: location)
            case .uvLock: return try UVLock.components(of: bytes, location: location)
            case .goSum: return try GoSum.components(of: bytes, location: location)
            case .cargoLock: return try CargoLock.components(of: bytes, location: location)
            case .dpkgStatus:
                return try DpkgStatus.components(of: bytes, location: location, distribution: distribution)
            }
        } catch {
            var located = error
            located.file = error.file ?? location
            throw located
        }
    }
}

/// The operating system of an image, as its `os-release` says.
public struct Distribution: Sendable, Hashable {
    /// The lower-case word, `debian`.
    public var identifier: String
    /// The release, `12`; nil where there are none.
    public var version: String?

    /// A format of lock files.
    public init(identifier: String, version: String?) {
        self.identifier = identifier
        self.version = version
    }

    /// Reads `/etc/os-release` (os-release(5)), nil where it names no distribution.
    public init?(osRelease bytes: some Sequence<UInt8>) {
        var fields: [String: String] = [:]
        for line in String(decoding: Array(bytes), as: UTF8.self).split(whereSeparator: \.isNewline) {
            guard let equals = line.firstIndex(of: "="), line.first != "#" else { continue }
            var value = line[line.index(after: equals)...]
            if let quote = value.first, quote == "\"" || quote == "'", value.last == quote, value.count >= 2 {
                value = value.dropFirst().dropLast()
            }
            fields[String(line[..<equals])] = String(value)
        }
        guard let identifier = fields["ID"], !identifier.isEmpty else { return nil }
        self.init(identifier: identifier, version: fields["VERSION_ID"])
    }
}
