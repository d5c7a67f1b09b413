// swift-tools-version: 6.0
import PackageDescription

// No dependencies: a pipeline of this service builds in seconds and needs no network.
let package = Package(
    name: "orders",
    products: [.executable(name: "OrdersServer", targets: ["OrdersServer"])],
    targets: [
        .target(name: "Orders"),
        // One file that runs in an image without anything else.
        .executableTarget(
            name: "OrdersServer", dependencies: ["Orders"],
            linkerSettings: [.unsafeFlags(["-static-executable"])]),
        .testTarget(name: "OrdersTests", dependencies: ["Orders"]),
        .testTarget(name: "OrdersIntegrationTests", dependencies: ["Orders"]),
    ]
)
