import Git
import KubeClient
import KubeModel
import Manifest
import Promotion
import Testing

/// What people see of promotions: their objects, and their pull requests.
struct ProjectionTests {
    private static func shown(_ fixture: PromotionFixture) async throws {
        try await fixture.release(1)
        try await fixture.wait(.pullRequests, "config-1") { $0["spec", "state"]?.stringValue == "Open" }
    }

    private static func closed(_ fixture: PromotionFixture) async throws {
        try await fixture.wait(.pullRequests, "config-1") {
            $0["spec", "state"]?.stringValue == "Closed"
        }
    }

    @Test(arguments: ["- {name: production, pullRequest: false}", "- name: live"])
    func `a pull request is closed when its environment shows none any more`(_ environment: String)
        async throws
    {
        try await PromotionFixture.with { fixture in
            try await Self.shown(fixture)
            let text = PromotionFixture.delivery.replacing("- name: production", with: environment)
            try await fixture.config.push("services/orders/delivery.yaml", text + "\n")
            try await Self.closed(fixture)
            try await fixture.waitForNoBranch("promote/orders/production")
        }
    }

    @Test func `a pull request is closed when its service is gone`() async throws {
        try await PromotionFixture.with { fixture in
            try await Self.shown(fixture)
            try await fixture.client.delete(.deliveries, "orders", namespace: "slipway")
            try await Self.closed(fixture)
            try await fixture.waitForNoBranch("promote/orders/production")
        }
    }

    @Test func `the branch of a pull request goes when what it showed is in git, and comes with the next`()
        async throws
    {
        let branch = "promote/orders/production"
        try await PromotionFixture.with { fixture in
            try await Self.shown(fixture)
            try await fixture.approve(1, by: "bob")
            try await Self.closed(fixture)
            try await fixture.waitForNoBranch(branch)
            try await fixture.release(2)
            let pull = try await fixture.wait(.pullRequests, "config-2") {
                $0["spec", "state"]?.stringValue == "Open"
            }
            let head = try await fixture.config.git.reference("refs/heads/\(branch)")
            #expect(head != nil && head?.hex == pull["spec", "head"]?.stringValue)
        }
    }

    @Test func `a promotion that a process ended before writing is written by the next`() async throws {
        try await PromotionFixture.prepared { fixture in
            let name = try await fixture.withProgram {
                let release = try await fixture.release(1)
                try await fixture.wait("staging") { $0.release == release && $0.phase == .verified }
                return "\(release)-dev-1"
            }
            let before = try await fixture.client.get(.promotions, name, namespace: "slipway")
            try await fixture.client.delete(.promotions, name, namespace: "slipway")
            try await fixture.withProgram {
                let after = try await fixture.wait(.promotions, name) { $0["status"] != nil }
                #expect(after["status"] == before["status"] && after["spec"] == before["spec"])
            }
        }
    }
}
