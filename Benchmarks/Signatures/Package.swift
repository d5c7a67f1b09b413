// swift-tools-version: 6.1
// A package of its own: it needs neither the benchmark tool nor the peers of the other suites.
import PackageDescription

let package = Package(
    name: "SignatureBenchmarks",
    platforms: [.macOS(.v15)],
    dependencies: [.package(name: "slipway", path: "../..")],
    targets: [
        .executableTarget(
            name: "SignatureBenchmarks", 
            dependencies: [
                .product(name: "Manifest", package: "slipway"), .product(name: "Sigstore", package: "slipway"),
            ],
            swiftSettings: [
                .swiftLanguageMode(.v6), .enableUpcomingFeature("ExistentialAny"),
                .enableUpcomingFeature("InternalImportsByDefault"),
            ])
    ]
)
