// swift-tools-version: 6.1
// A package of its own: it needs neither the benchmark tool nor the peers of the other suites.
import PackageDescription

let package = Package(
    name: "PromotionBenchmarks",
    platforms: [.macOS(.v15)],
    dependencies: [.package(name: "slipway", path: "../..")],
    targets: [
        .executableTarget(
            name: "PromotionBenchmarks",
            dependencies: [
                .product(name: "Git", package: "slipway"), .product(name: "KubeClient", package: "slipway"),
                .product(name: "KubeServer", package: "slipway"),
                .product(name: "Manifest", package: "slipway"),
                .product(name: "Promotion", package: "slipway"),
            ],
            swiftSettings: [
                .swiftLanguageMode(.v6), .enableUpcomingFeature("ExistentialAny"),
                .enableUpcomingFeature("InternalImportsByDefault"),
            ])
    ]
)
