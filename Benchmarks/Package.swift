// swift-tools-version: 6.1
// A package of its own, so that building and testing Slipway does not pay for the benchmark tool and the peers.
import PackageDescription

let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6), .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]

let package = Package(
    name: "Benchmarks",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(name: "slipway", path: ".."),
        .package(url: "https://github.com/ordo-one/benchmark", from: "1.38.1", traits: []),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        .target(name: "CAllocator", path: "CAllocator"),
        .target(
            name: "BenchmarkSupport",
            dependencies: [
                "CAllocator",
                .product(name: "Benchmark", package: "benchmark"),
                .product(name: "Manifest", package: "slipway"),
            ],
            path: "BenchmarkSupport", swiftSettings: settings),
        .executableTarget(
            name: "ManifestBenchmarks",
            dependencies: [
                "BenchmarkSupport",
                .product(name: "Benchmark", package: "benchmark"),
                .product(name: "Manifest", package: "slipway"),
                .product(name: "Yams", package: "Yams"),
            ],
            path: "ManifestBenchmarks", swiftSettings: settings,
            plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")]),
        .executableTarget(
            name: "KustomizeBenchmarks",
            dependencies: [
                "BenchmarkSupport",
                .product(name: "Benchmark", package: "benchmark"),
                .product(name: "Kustomize", package: "slipway"),
                .product(name: "Manifest", package: "slipway"),
            ],
            path: "KustomizeBenchmarks", swiftSettings: settings,
            plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")]),
        .executableTarget(
            name: "KubeBenchmarks",
            dependencies: [
                "BenchmarkSupport",
                .product(name: "Benchmark", package: "benchmark"),
                .product(name: "KubeClient", package: "slipway"),
                .product(name: "KubeServer", package: "slipway"),
                .product(name: "Manifest", package: "slipway"),
            ],
            path: "KubeBenchmarks", swiftSettings: settings,
            plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")]),
    ]
)
