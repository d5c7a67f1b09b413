import Foundation
import TestSupport
import Testing

struct DeliveryPlanTests {
    private static let good = """
        apiVersion: slipway.dev/v1alpha1
        kind: Delivery
        metadata: {name: orders}
        spec:
          environments:
            - name: dev
              smoke: {command: [/orders, --check]}
            - name: production
              freeze:
                - {until: 2030-01-01T00:00:00Z, reason: audit}

        """

    /// - Parameters:
    ///   - folder: where the command is called, in the folder that holds `services`.
    ///   - file: what it is called with.
    private static func plan(
        _ text: String, in folder: String = "", _ file: String = "services/orders/delivery.yaml"
    ) async throws -> Program.Outcome {
        let slipway = try SlipwayProcess()
        try FileManager.default.createDirectory(
            at: slipway.directory.appending(path: "services/orders"), withIntermediateDirectories: true)
        try slipway.write(text, to: "services/orders/delivery.yaml")
        let program = try #require(Program.built("slipway"))
        return try await Program.run(
            program, ["delivery", "plan", file], in: slipway.directory.appending(path: folder).path)
    }

    @Test func `a plan tells what follows from a file`() async throws {
        let outcome = try await Self.plan(Self.good)
        #expect(outcome.code == 0)
        #expect(
            outcome.output == """
                orders, releases of repository orders
                dev
                  changes    services/orders/overlays/dev/kustomization.yaml images[name=orders].digest
                  deploys    Application orders-dev, namespace orders-dev
                  takes      every release, the newest first
                  smoke      /orders --check, within 5m
                production (production)
                  changes    services/orders/overlays/production/kustomization.yaml images[name=orders].digest
                  deploys    Application orders-production, namespace orders-production
                  takes      what dev has shown to work, with an approval of others than its authors
                  frozen     until 2030-01-01T00:00:00Z: audit

                """)
    }

    @Test(arguments: [
        ("services/orders", "delivery.yaml"), ("services/orders", "./delivery.yaml"),
        ("services", "orders/../orders/delivery.yaml"), ("services/orders", "../orders/delivery.yaml"),
    ]) func `a file is of the folder that it lies in, wherever that is told from`(
        _ folder: String, _ file: String
    ) async throws {
        let outcome = try await Self.plan(Self.good, in: folder, file)
        #expect(outcome.code == 0, "\(outcome)")
        #expect(outcome.output.hasPrefix("orders, releases of repository orders\n"))
        let other = try await Self.plan(Self.good.replacing("orders}", with: "pay}"), in: folder, file)
        #expect(
            other.error.contains("\(file):3:18: metadata.name: must be \"orders\", as the folder is called"),
            "\(other)")
    }

    @Test func `every fault is told with its line, and the command fails`() async throws {
        let outcome = try await Self.plan(
            Self.good.replacing("smoke:", with: "smok:").replacing("audit", with: "''"))
        #expect(outcome.code == 2)
        #expect(
            outcome.error.contains(
                "services/orders/delivery.yaml:7:13: spec.environments[0].smok: is no field; did you mean \"smoke\"?"
            ))
        #expect(outcome.error.contains("delivery.yaml:10:"))
        #expect(outcome.output.isEmpty)
    }

    @Test func `a file that is not there is told so`() async throws {
        let outcome = try await SlipwayProcess().run("delivery", "plan", "services/orders/delivery.yaml")
        #expect(outcome.code == 1)
        #expect(outcome.error.contains("services/orders/delivery.yaml cannot be read"))
    }
}
