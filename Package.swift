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

// The products of other packages that targets name.
let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let asyncHTTPClient = Target.Dependency.product(name: "AsyncHTTPClient", package: "async-http-client")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let cryptoExtras = Target.Dependency.product(name: "_CryptoExtras", package: "swift-crypto")
let dequeModule = Target.Dependency.product(name: "DequeModule", package: "swift-collections")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let heapModule = Target.Dependency.product(name: "HeapModule", package: "swift-collections")
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let hummingbirdTLS = Target.Dependency.product(name: "HummingbirdTLS", package: "hummingbird")
let jwtKit = Target.Dependency.product(name: "JWTKit", package: "jwt-kit")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let mustache = Target.Dependency.product(name: "Mustache", package: "swift-mustache")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioEmbedded = Target.Dependency.product(name: "NIOEmbedded", package: "swift-nio")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let serviceLifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let subprocess = Target.Dependency.product(name: "Subprocess", package: "swift-subprocess")
let systemPackage = Target.Dependency.product(name: "SystemPackage", package: "swift-system")
let swiftASN1 = Target.Dependency.product(name: "SwiftASN1", package: "swift-asn1")
let unixSignals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")
let x509 = Target.Dependency.product(name: "X509", package: "swift-certificates")

// Built with the same modules as the program, so that `Benchmarks/promotion` and `Benchmarks/signatures` need not build
// them twice; unknown to all who do not ask for them.
let benchmarks: [Target] =
    Context.environment["SLIPWAY_BENCHMARKS"] == nil
    ? []
    : [
        .executableTarget(
            name: "PromotionBenchmarks",
            dependencies: ["Git", "KubeClient", "KubeModel", "KubeServer", "Manifest", "Promotion", logging],
            path: "Benchmarks/Promotion/Sources/PromotionBenchmarks", swiftSettings: strict),
        .executableTarget(
            name: "SignatureBenchmarks", dependencies: ["Manifest", "Sigstore"],
            path: "Benchmarks/Signatures", exclude: ["peer.py"], swiftSettings: strict),
    ]

let package = Package(
    name: "slipway",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "slipway", targets: ["slipway"]),
        .library(name: "Manifest", targets: ["Manifest"]),
        .library(name: "KubeServer", targets: ["KubeServer"]),
        .library(name: "KubeClient", targets: ["KubeClient"]),
        .library(name: "Kustomize", targets: ["Kustomize"]),
        .library(name: "Git", targets: ["Git"]),
        .library(name: "Promotion", targets: ["Promotion"]),
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
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
        .package(url: "https://github.com/vapor/jwt-kit", from: "5.7.1"),
    ],
    targets: [
        .target(name: "Manifest", swiftSettings: strict),
        .target(name: "Expression", dependencies: ["Manifest"], swiftSettings: strict),
        .target(name: "Judge", swiftSettings: strict),
        .target(name: "KubeModel", dependencies: ["Manifest"], swiftSettings: strict),
        .target(name: "Inventory", dependencies: ["Manifest"], swiftSettings: strict),
        .target(
            name: "KubeClient",
            dependencies: [
                "Manifest", "KubeModel",
                asyncHTTPClient,
                crypto,
                dequeModule,
                heapModule,
                logging,
                nioCore,
                nioHTTP1,
                nioPosix,
                nioSSL,
            ],
            swiftSettings: strict),
        .target(
            name: "KubeServer",
            dependencies: [
                "Manifest", "KubeModel",
                crypto,
                dequeModule,
                heapModule,
                grdb,
                httpTypes,
                hummingbird,
                hummingbirdTLS,
                logging,
                nioCore,
                nioSSL,
                serviceLifecycle,
                swiftASN1,
                x509,
            ],
            swiftSettings: strict),
        .target(
            name: "Git",
            dependencies: [
                "CZlib", "Manifest", crypto, httpTypes, hummingbird, logging, nioCore, serviceLifecycle,
                subprocess,
            ],
            swiftSettings: strict),
        .target(
            name: "OCI",
            dependencies: [
                "CSandbox", "CZlib", "Manifest", asyncHTTPClient, crypto, httpTypes, hummingbird,
                hummingbirdTLS,
                logging,
                nioCore, nioHTTP1,
                nioSSL, serviceLifecycle, subprocess,
            ],
            swiftSettings: strict),
        .systemLibrary(name: "CZlib", path: "Sources/CZlib"),
        .target(
            name: "Sigstore",
            dependencies: [
                "Inventory", "KubeModel", "Manifest", "OCI", asyncHTTPClient, crypto, cryptoExtras, httpTypes,
                hummingbird,
                logging,
                nioCore, nioHTTP1, swiftASN1, x509,
            ],
            swiftSettings: strict),
        .target(name: "Kustomize", dependencies: ["KubeModel", "Manifest"], swiftSettings: strict),
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
                "CSandbox", "KubeClient", "KubeModel", "Manifest", "OCI", asyncHTTPClient, crypto, logging,
                nioCore,
                nioHTTP1, nioPosix, nioSSL, serviceLifecycle,
            ],
            swiftSettings: strict),
        .target(
            name: "Forge",
            dependencies: [
                "Git", "KubeClient", "KubeModel", "Manifest", "Sigstore", asyncHTTPClient, crypto, httpTypes,
                hummingbird, logging,
                nioCore, nioHTTP1, serviceLifecycle,
            ],
            swiftSettings: strict),
        .target(
            name: "Pipeline",
            dependencies: [
                "CZlib", "Git", "Inventory", "KubeClient", "KubeModel", "Manifest", "OCI", "Sigstore",
                asyncHTTPClient, crypto, httpTypes,
                hummingbird, jwtKit, logging, nioCore, serviceLifecycle, subprocess,
            ],
            resources: [.embedInCode("Rules")], swiftSettings: strict),
        .target(
            name: "GitOps",
            dependencies: [
                "Git", "KubeClient", "KubeModel", "Kustomize", "Manifest", "OCI", "Sigstore", crypto,
                dequeModule,
                heapModule, httpTypes, hummingbird, logging, nioCore, nioPosix, serviceLifecycle,
            ],
            swiftSettings: strict),
        .target(
            name: "Rollouts",
            dependencies: [
                "Expression", "Judge", "KubeClient", "KubeModel", "Manifest", asyncHTTPClient, crypto,
                logging,
                nioCore, nioHTTP1,
            ],
            swiftSettings: strict),
        .target(
            name: "Promotion",
            dependencies: [
                "Git", "KubeClient", "KubeModel", "Manifest", "OCI", "Sigstore", crypto, dequeModule,
                logging, nioCore, serviceLifecycle,
            ],
            swiftSettings: strict),
        .target(
            name: "Dashboard",
            dependencies: [
                "Forge", "Git", "GitOps", "Judge", "KubeClient", "KubeModel", "Manifest", "Pipeline",
                "Promotion", "Rollouts", crypto, httpTypes, hummingbird, hummingbirdTLS, logging, mustache,
                nioCore, serviceLifecycle,
            ],
            resources: [.embedInCode("Assets"), .embedInCode("Templates")], swiftSettings: strict),
        // Every room in one process: configuration, wiring, lifecycle.
        .target(
            name: "Slipway",
            dependencies: [
                "Dashboard", "Forge", "Git", "GitOps", "KubeClient", "KubeModel", "KubeServer",
                "LocalCluster", "Manifest", "OCI", "Pipeline", "Promotion", "Rollouts", "Sigstore",
                asyncHTTPClient, crypto, httpTypes, hummingbird, hummingbirdTLS, logging, nioCore, nioPosix,
                nioSSL,
                serviceLifecycle, subprocess,
            ],
            swiftSettings: strict),
        .target(
            name: "Commands",
            dependencies: [
                "CBuildInformation", "CSandbox", "Dashboard", "Forge", "Git", "GitOps", "Inventory",
                "KubeClient", "KubeModel", "KubeServer", "Kustomize",
                "LocalCluster", "Manifest", "OCI", "Pipeline", "Promotion", "Rollouts", "Sigstore",
                "Slipway", asyncHTTPClient,
                subprocess,
                argumentParser,
                logging,
                serviceLifecycle,
                unixSignals,
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "slipway",
            dependencies: ["Commands", argumentParser],
            swiftSettings: strict, linkerSettings: staticExecutable),
        // What tests of several targets share: seeded generators, directories, programs; a server in this process.
        .target(
            name: "TestSupport", dependencies: [subprocess, systemPackage], path: "Tests/TestSupport",
            exclude: ["Server"], swiftSettings: strict),
        .target(
            name: "ClusterTestSupport",
            dependencies: ["KubeClient", "KubeModel", "KubeServer", "Manifest", "TestSupport", logging],
            path: "Tests/ClusterTestSupport", swiftSettings: strict),
        .testTarget(
            name: "CommandsTests",
            dependencies: [
                "ClusterTestSupport", "Commands", "Git", "GitOps", "KubeClient", "KubeModel", "KubeServer",
                "Manifest", "OCI",
                "Sigstore", "slipway", "TestSupport", logging, serviceLifecycle,
            ], swiftSettings: strict),
        .testTarget(name: "KubectlTests", dependencies: ["slipway", "TestSupport"], swiftSettings: strict),
        .testTarget(
            name: "KubeServerTests",
            dependencies: [
                "ClusterTestSupport", "KubeClient", "KubeModel", "KubeServer", "Manifest", "TestSupport",
                logging,
            ],
            exclude: ["Vectors"], swiftSettings: strict),
        .testTarget(
            name: "KubeClientTests",
            dependencies: [
                "ClusterTestSupport", "KubeClient", "KubeModel", "KubeServer", "Manifest", "TestSupport",
                crypto, logging,
                nioCore, nioHTTP1, nioPosix, nioSSL, x509,
            ],
            exclude: ["Vectors"], swiftSettings: strict),
        .testTarget(
            name: "KubeModelTests", dependencies: ["KubeModel", "Manifest", "TestSupport"],
            exclude: ["Vectors"],
            swiftSettings: strict),
        .testTarget(
            name: "KubeModelApplyTests", dependencies: ["KubeModel", "Manifest", "TestSupport"],
            exclude: ["Vectors"],
            swiftSettings: strict),
        .testTarget(
            name: "KubeModelKindsTests", dependencies: ["KubeModel", "Manifest"], exclude: ["Vectors"],
            swiftSettings: strict),
        .testTarget(
            name: "KubeModelSchemaTests", dependencies: ["KubeModel", "Manifest", "TestSupport"],
            exclude: ["Vectors"],
            swiftSettings: strict),
        .testTarget(
            name: "ExpressionTests", dependencies: ["Expression", "KubeModel", "Manifest", "TestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "JudgeTests", dependencies: ["Judge", "Manifest", "TestSupport"], exclude: ["Vectors"],
            swiftSettings: strict),
        .testTarget(
            name: "GitTests",
            dependencies: ["Git", "Manifest", "TestSupport", httpTypes, hummingbird, logging, nioCore],
            swiftSettings: strict),
        .testTarget(
            name: "OCITests",
            dependencies: ["Manifest", "OCI", "TestSupport", crypto, hummingbird, logging, nioCore],
            swiftSettings: strict),
        .testTarget(
            name: "SigstoreTests",
            dependencies: [
                "Manifest", "OCI", "Sigstore", "TestSupport", crypto, hummingbird, logging, swiftASN1, x509,
            ],
            exclude: ["Vectors"], swiftSettings: strict),
        .testTarget(
            name: "InventoryTests", dependencies: ["Inventory", "Manifest", "TestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "KustomizeTests", dependencies: ["KubeModel", "Kustomize", "Manifest", "TestSupport"],
            exclude: ["Layouts", "Vectors"], swiftSettings: strict),
        .testTarget(
            name: "ForgeTests",
            dependencies: [
                "ClusterTestSupport", "Forge", "Git", "KubeClient", "KubeModel", "KubeServer", "Manifest",
                "Sigstore", "slipway", "TestSupport",
                crypto, hummingbird, logging,
            ],
            swiftSettings: strict),
        .testTarget(
            name: "PipelineTests",
            dependencies: [
                "ClusterTestSupport", "Git", "Inventory", "KubeClient", "KubeModel", "KubeServer",
                "LocalCluster",
                "Manifest", "OCI", "Pipeline", "Sigstore", "TestSupport", asyncHTTPClient, crypto,
                hummingbird, jwtKit, logging, nioCore, nioHTTP1, serviceLifecycle,
            ],
            swiftSettings: strict),
        .testTarget(
            name: "GitOpsTests",
            dependencies: [
                "ClusterTestSupport", "Git", "GitOps", "KubeClient", "KubeModel", "KubeServer", "Kustomize",
                "Manifest",
                "TestSupport", asyncHTTPClient, crypto, hummingbird, logging, nioCore, nioHTTP1,
            ],
            swiftSettings: strict),
        .testTarget(
            name: "RolloutsTests",
            dependencies: [
                "ClusterTestSupport", "Judge", "KubeClient", "KubeModel", "KubeServer", "Manifest",
                "Rollouts", "TestSupport",
                asyncHTTPClient, httpTypes, hummingbird, logging, nioCore,
            ],
            swiftSettings: strict),
        // Real servers on a real cluster; apart from the others, whose clocks are their own.
        .testTarget(
            name: "RolloutsClusterTests",
            dependencies: [
                "ClusterTestSupport", "KubeClient", "KubeModel", "KubeServer", "LocalCluster", "Manifest",
                "Rollouts", "TestSupport",
                asyncHTTPClient, nioCore, nioHTTP1, nioPosix,
            ],
            swiftSettings: strict),
        .testTarget(
            name: "PromotionTests",
            dependencies: [
                "ClusterTestSupport", "Git", "KubeClient", "KubeModel", "KubeServer", "Manifest",
                "Promotion", "slipway", "TestSupport", crypto, logging,
            ],
            swiftSettings: strict),
        .testTarget(
            name: "DashboardTests",
            dependencies: [
                "ClusterTestSupport", "Dashboard", "Git", "Judge", "KubeClient", "KubeModel", "KubeServer",
                "Manifest", "Promotion",
                "TestSupport", asyncHTTPClient, httpTypes, logging, nioCore, nioHTTP1,
                serviceLifecycle,
            ],
            swiftSettings: strict),
        .testTarget(
            name: "SlipwayTests",
            dependencies: [
                "ClusterTestSupport", "Forge", "Git", "GitOps", "KubeClient", "KubeModel", "KubeServer",
                "LocalCluster", "Manifest", "OCI", "Pipeline", "Promotion", "Rollouts", "Sigstore", "Slipway",
                "slipway", "TestSupport", asyncHTTPClient, logging, nioCore, nioHTTP1, nioPosix, nioSSL,
            ],
            swiftSettings: strict),
        .testTarget(
            name: "LocalClusterSandboxTests",
            dependencies: ["CSandbox", "KubeModel", "LocalCluster", "Manifest", "TestSupport", nioCore],
            swiftSettings: strict),
        .testTarget(
            name: "LocalClusterTests",
            dependencies: [
                "ClusterTestSupport", "KubeClient", "KubeModel", "KubeServer", "LocalCluster", "Manifest",
                "OCI",
                "TestSupport", logging, nioCore, nioEmbedded, nioHTTP1, nioPosix, nioSSL,
            ],
            swiftSettings: strict),
        .testTarget(
            name: "ManifestTests", dependencies: ["Manifest", "FuzzManifest", "TestSupport"],
            exclude: ["Vectors", "Oracle"],
            swiftSettings: strict),
        .executableTarget(
            name: "FuzzManifest", dependencies: ["Manifest"], path: "Tests/Fuzz/FuzzManifest",
            swiftSettings: strict),
    ] + benchmarks
)
