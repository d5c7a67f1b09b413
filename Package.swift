// swift-tools-version: 6.2
import PackageDescription

/// Settings every target shares: dependencies of an interface are visible as `public import`,
/// existentials are spelled out, and a warning stops the build.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .treatAllWarnings(as: .error),
]

/// One static-pie executable: starts in about 9 ms and needs no Swift runtime on the host.
/// `make release` passes the matching `--static-swift-stdlib --disable-local-rpath`.
let staticExecutable: [LinkerSetting] = [
    .unsafeFlags(
        ["-static-executable", "-use-ld=lld", "-Xclang-linker", "-static-pie"],
        .when(platforms: [.linux], configuration: .release))
]

let package = Package(
    name: "slipway",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "slipway", targets: ["slipway"]),
        .library(name: "Manifest", targets: ["Manifest"]),
        .library(name: "KubeServer", targets: ["KubeServer"]),
        .library(name: "KubeClient", targets: ["KubeClient"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-asn1", from: "1.7.0"),
        .package(url: "https://github.com/apple/swift-certificates", from: "1.21.1"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        .target(name: "Manifest", swiftSettings: strict),
        .target(name: "Expression", dependencies: ["Manifest"], swiftSettings: strict),
        .target(name: "Judge", swiftSettings: strict),
        .target(name: "KubeModel", dependencies: ["Manifest"], swiftSettings: strict),
        .target(
            name: "KubeClient",
            dependencies: [
                "Manifest", "KubeModel",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "HeapModule", package: "swift-collections"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ],
            swiftSettings: strict),
        .target(
            name: "KubeServer",
            dependencies: [
                "Manifest", "KubeModel",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "HeapModule", package: "swift-collections"),
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdTLS", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "SwiftASN1", package: "swift-asn1"),
                .product(name: "X509", package: "swift-certificates"),
            ],
            swiftSettings: strict),
        // Holds the commit a build is made from, so that a new one recompiles one small file.
        .target(
            name: "CBuildInformation",
            cSettings: Context.environment["SLIPWAY_COMMIT"].map {
                [.define("SLIPWAY_COMMIT", to: "\"\($0)\"")]
            } ?? []),
        // System calls that Swift cannot make: variadic ones, and what must happen between fork and exec.
        .target(name: "CSandbox"),
        .target(
            name: "LocalCluster",
            dependencies: [
                "CSandbox", "KubeModel", "Manifest",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: strict),
        .target(
            name: "Commands",
            dependencies: [
                "CBuildInformation", "Manifest", "KubeModel", "KubeServer", "KubeClient",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "slipway",
            dependencies: ["Commands", .product(name: "ArgumentParser", package: "swift-argument-parser")],
            swiftSettings: strict, linkerSettings: staticExecutable),
        .testTarget(name: "CommandsTests", dependencies: ["slipway"], swiftSettings: strict),
        .testTarget(name: "KubectlTests", dependencies: ["slipway"], swiftSettings: strict),
        .testTarget(
            name: "KubeServerTests",
            dependencies: [
                "Manifest", "KubeModel", "KubeServer", "KubeClient",
                .product(name: "Logging", package: "swift-log"),
            ],
            exclude: ["Vectors"], swiftSettings: strict),
        .testTarget(
            name: "KubeClientTests",
            dependencies: [
                "KubeClient", "KubeModel", "KubeServer", "Manifest",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "X509", package: "swift-certificates"),
            ],
            exclude: ["Vectors"], swiftSettings: strict),
        .testTarget(
            name: "KubeModelTests", dependencies: ["KubeModel", "Manifest"], exclude: ["Vectors"],
            swiftSettings: strict),
        .testTarget(
            name: "KubeModelApplyTests", dependencies: ["KubeModel", "Manifest"], exclude: ["Vectors"],
            swiftSettings: strict),
        .testTarget(
            name: "KubeModelKindsTests", dependencies: ["KubeModel", "Manifest"], exclude: ["Vectors"],
            swiftSettings: strict),
        .testTarget(
            name: "KubeModelSchemaTests", dependencies: ["KubeModel", "Manifest"], exclude: ["Vectors"],
            swiftSettings: strict),
        .testTarget(
            name: "ExpressionTests", dependencies: ["Expression", "KubeModel", "Manifest"],
            swiftSettings: strict),
        .testTarget(
            name: "JudgeTests", dependencies: ["Judge", "Manifest"], exclude: ["Vectors"],
            swiftSettings: strict),
        .testTarget(
            name: "LocalClusterSandboxTests",
            dependencies: ["CSandbox", "KubeModel", "LocalCluster", "Manifest"], swiftSettings: strict),
        .testTarget(
            name: "LocalClusterTests",
            dependencies: [
                "LocalCluster",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "ManifestTests", dependencies: ["Manifest", "FuzzManifest"],
            exclude: ["Vectors", "Oracle"],
            swiftSettings: strict),
        .executableTarget(
            name: "FuzzManifest", dependencies: ["Manifest"], path: "Tests/Fuzz/FuzzManifest",
            swiftSettings: strict),
    ]
)
