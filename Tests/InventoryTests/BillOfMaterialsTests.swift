import Inventory
import Manifest
import Testing

@Suite struct BillOfMaterialsTests {
    static let a = PackageURL(type: "npm", name: "a", version: "1")
    static let b = PackageURL(type: "npm", name: "b", version: "2")

    @Test func `the order in which components are found does not show`() {
        let components = [
            Component(Self.a, location: "l", dependencies: [Self.b]),
            Component(Self.b, scope: .optional, location: "l"),
        ]
        let subject = BillOfMaterials.Subject(type: "application", name: "shop")
        let one = BillOfMaterials(of: subject, components: components, toolVersion: "1").value
        let other = BillOfMaterials(of: subject, components: components.reversed(), toolVersion: "1").value
        #expect(JSON.write(one) == JSON.write(other))
        #expect(one["bomFormat"] == "CycloneDX")
        #expect(one["components"]?[0]?["purl"] == "pkg:npm/a@1")
        #expect(one["components"]?[1]?["scope"] == "optional")
        #expect(
            one["dependencies"] == [
                ["ref": "shop", "dependsOn": ["pkg:npm/a@1"]],
                ["ref": "pkg:npm/a@1", "dependsOn": ["pkg:npm/b@2"]],
                ["ref": "pkg:npm/b@2", "dependsOn": []],
            ])
    }

    @Test func `a package that two files list is one component`() {
        let merged = [
            Component(Self.a, scope: .development, location: "first"), Component(Self.a, location: "second"),
        ].merged()
        #expect(merged.count == 1)
        #expect(merged[0].scope == .runtime)
        #expect(merged[0].location == "first")
    }

    @Test func `an image is the subject with its digest`() {
        let subject = BillOfMaterials.Subject(type: "container", name: "shop", digest: "sha256:ab")
        let value = BillOfMaterials(of: subject, components: [], toolVersion: "1").value
        #expect(value["metadata", "component", "hashes"] == [["alg": "SHA-256", "content": "ab"]])
        #expect(value["metadata", "component", "bom-ref"] == "shop@sha256:ab")
    }
}
