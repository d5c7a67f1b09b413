import Foundation
import KubeModel
import Manifest
import OCI
import Sigstore
import TestSupport
import Testing

@testable import Pipeline

/// Images that a Dockerfile describes, on the same way as those of layers: built, tried, described, signed, tagged.
@Suite(.serialized, .enabled(if: ArtifactFixture.isPossible, "needs root, git, runc and ldd"))
struct DockerfileGateTests {
    private static let hasBuildah = Program.hasWorkingBuildah

    /// A pipeline whose image is a Dockerfile's.
    private static func pipeline(verify: String = "[/bin/bash, -c, \"echo it works\"]") -> String {
        ScriptPipeline.image(verify: verify).replacing(
            "base: scratch\n      layers: [{ from: outputs.root, to: / }]", with: "dockerfile: Dockerfile")
    }

    private static func log(_ status: PipelineRunStatus, _ fixture: ArtifactFixture) throws -> String {
        try fixture.pipeline.log(try #require(status.gates?.last?.steps.last))
    }

    @Test(
        .enabled(if: hasBuildah, "buildah is not installed, or does not work here"), .timeLimit(.minutes(5)))
    func `a Dockerfile's image of tested outputs is tried, described, signed and tagged`() async throws {
        try await withArtifacts { fixture in
            let pipeline = fixture.pipeline
            let commit = try await pipeline.commit([
                ".slipway/pipeline.yaml": Self.pipeline(), "Package.resolved": ArtifactGateTests.lock,
                "Dockerfile": "FROM scratch\nCOPY --from=outputs root/ /\nCOPY Package.resolved /lock\n",
            ])
            try await pipeline.submit("one", commit: commit)
            let status = try await pipeline.ended("one")
            #expect(status.phase == "Passed", "\(status.message ?? "")")
            #expect(try Self.log(status, fixture).contains("\nit works\n"))
            let artifact = try #require(status.artifact)
            let tagged = try Reference(parsing: "\(artifact.image.repository):\(commit)")
            let image = try await fixture.withClient { try await $0.image(tagged) }
            #expect(image.digest.description == artifact.image.digest)
            #expect(image.configuration.execution.user == "65532:65532")
            #expect(image.configuration.created == "2026-01-01T00:00:00Z")
            #expect(image.manifest.annotations["org.opencontainers.image.revision"] == commit)
            for type in [PredicateType.imageSignature, PredicateType.cycloneDX, PredicateType.provenance] {
                #expect(!(try await fixture.valid(artifact.image.pinned, type)).isEmpty, "\(type)")
            }
            let bill = try #require(
                try await fixture.valid(artifact.image.pinned, PredicateType.cycloneDX).first?.statement)
            #expect(bill.predicate["components"]?[0]?["name"]?.stringValue == "swift-nio")
        }
    }

    @Test(
        .enabled(if: hasBuildah, "buildah is not installed, or does not work here"), .timeLimit(.minutes(5)))
    func `a Dockerfile builds on an image of the embedded registry, which its provenance names`() async throws
    {
        try await withArtifacts { fixture in
            let pipeline = fixture.pipeline
            let first = try await pipeline.commit([".slipway/pipeline.yaml": ScriptPipeline.image()])
            try await pipeline.submit("base", commit: first)
            let base = try #require(try await pipeline.ended("base").artifact?.image)
            let commit = try await pipeline.commit(
                [
                    ".slipway/pipeline.yaml": Self.pipeline(
                        verify: "[/bin/bash, -c, \"read -r text < /note; echo $text\"]"),
                    "note": "a note on top\n",
                    "Dockerfile": "FROM registry.localhost/shop/web@\(base.digest)\nCOPY note /note\n",
                ], on: first)
            try await pipeline.submit("one", commit: commit)
            let status = try await pipeline.ended("one")
            #expect(status.phase == "Passed", "\(status.message ?? "")")
            #expect(try Self.log(status, fixture).contains("\na note on top\n"))
            let image = try #require(status.artifact?.image)
            let origin = try #require(
                try await fixture.valid(image.pinned, PredicateType.provenance).first?.statement)
            let materials = origin.predicate["buildDefinition", "resolvedDependencies"]?.arrayValue ?? []
            #expect(materials.last?["digest", "sha256"]?.stringValue == String(base.digest.dropFirst(7)))
            #expect(materials.last?["uri"]?.stringValue == "oci://\(fixture.registry)/shop/web")
        }
    }

    @Test(
        .enabled(if: hasBuildah, "buildah is not installed, or does not work here"), .timeLimit(.minutes(5)))
    func `who runs the program may be said by the Dockerfile alone, but not by nobody`() async throws {
        try await withArtifacts { fixture in
            let pipeline = fixture.pipeline
            let file = Self.pipeline().replacing("      user: \"65532:65532\"\n", with: "")
            for (name, line, phase) in [("named", "USER 1000:1000\n", "Passed"), ("root", "", "Failed")] {
                let commit = try await pipeline.commit([
                    ".slipway/pipeline.yaml": file, "Package.resolved": ArtifactGateTests.lock,
                    "Dockerfile": "FROM scratch\nCOPY --from=outputs root/ /\n" + line,
                ])
                try await pipeline.submit(name, commit: commit)
                let status = try await pipeline.ended(name)
                #expect(status.phase == phase, "\(status.message ?? "")")
                guard let artifact = status.artifact else {
                    #expect(status.message?.contains("the image built from Dockerfile runs as root") == true)
                    continue
                }
                let tagged = try Reference(parsing: "\(artifact.image.repository):\(commit)")
                let image = try await fixture.withClient { try await $0.image(tagged) }
                #expect(image.configuration.execution.user == "1000:1000")
            }
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `without buildah, and with a base that is not pinned, the gate says what to do`() async throws {
        try await withArtifacts(change: { $0.environment = ["PATH": "/nonexistent"] }) { fixture in
            let pipeline = fixture.pipeline
            for (name, file, words) in [
                ("plain", "FROM scratch\nCOPY note /note\n", "apt-get install buildah"),
                ("loose", "FROM debian:12\n", "E712: Dockerfile:1: FROM debian:12 is not pinned"),
            ] {
                let commit = try await pipeline.commit([
                    ".slipway/pipeline.yaml": Self.pipeline(), "note": "x", "Dockerfile": file,
                ])
                try await pipeline.submit(name, commit: commit)
                let status = try await pipeline.ended(name)
                #expect(status.phase == "Failed")
                #expect(status.message?.contains(words) == true, "\(status.message ?? "")")
                #expect(status.artifact == nil)
            }
        }
    }
}
