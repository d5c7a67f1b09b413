/// A package that is part of something built, as a lock file or a package database lists it.
public struct Component: Sendable, Hashable {
    /// What a package is needed for.
    public enum Scope: String, Sendable, Hashable {
        /// Part of what runs.
        case runtime
        /// Part of what runs where it can be had.
        case optional
        /// Needed to build or test only.
        case development
    }

    /// The digest that a lock file demands of the package's archive.
    public struct Hash: Sendable, Hashable {
        /// The algorithm as CycloneDX spells it: `SHA-256`, `SHA-512`.
        public var algorithm: String
        /// Lower-case hexadecimal.
        public var value: String

        /// A hash of known algorithm.
        public init(algorithm: String, value: String) {
            self.algorithm = algorithm
            self.value = value
        }
    }

    /// The package a distribution made this one from; its advisories name that one.
    public struct Source: Sendable, Hashable {
        /// The name of the package.
        public var name: String
        /// The version of the package.
        public var version: String

        /// A package of an ecosystem.
        public init(name: String, version: String) {
            self.name = name
            self.version = version
        }
    }

    /// What it is, as a package URL.
    public var package: PackageURL
    /// What it is needed for.
    public var scope: Scope
    /// Its hashes, as the lock file has them.
    public var hashes: [Hash]
    /// An SPDX expression, nil where the list does not tell.
    public var license: String?
    /// The file that lists the package, as its reader was told.
    public var location: String
    /// The line of the listing, from 1, where it is known.
    public var line: Int?
    /// The packages that this one needs, as far as the list tells.
    public var dependencies: [PackageURL]
    /// Set for packages of a distribution.
    public var source: Source?

    /// A component of a bill of materials.
    public init(
        _ package: PackageURL, scope: Scope = .runtime, hashes: [Hash] = [], license: String? = nil,
        location: String, line: Int? = nil, dependencies: [PackageURL] = [], source: Source? = nil
    ) {
        self.package = package
        self.scope = scope
        self.hashes = hashes
        self.license = license
        self.location = location
        self.line = line
        self.dependencies = dependencies
        self.source = source
    }
}

extension Sequence<Component> {
    /// The components in the order of their package URLs, each one once.
    ///
    /// What two files list is kept with the first file's location and the stronger scope.
    public func merged() -> [Component] {
        var places: [PackageURL: Int] = [:]
        var result: [Component] = []
        for component in self {
            guard let place = places[component.package] else {
                places[component.package] = result.count
                result.append(component)
                continue
            }
            if component.scope.strength > result[place].scope.strength {
                result[place].scope = component.scope
            }
            for hash in component.hashes where !result[place].hashes.contains(hash) {
                result[place].hashes.append(hash)
            }
            for dependency in component.dependencies where !result[place].dependencies.contains(dependency) {
                result[place].dependencies.append(dependency)
            }
        }
        return result.map { (key: $0.package.description, component: $0) }.sorted { $0.key < $1.key }
            .map(\.component)
    }
}

extension Component.Scope {
    fileprivate var strength: Int {
        switch self {
        case .development: 0
        case .optional: 1
        case .runtime: 2
        }
    }
}
