import ClusterTestSupport
import Foundation
import Git
import KubeClient
import KubeModel
import Manifest
import OCI
import Sigstore
import Testing

@testable import Pipeline

/// The image part of the `build` gate with everything real but the machines: cells, runc, registry, authority, log.
@Suite(.serialized, .enabled(if: ArtifactFixture.isPossible, "needs root, git, runc and ldd"))
struct ArtifactGateTests {
    static let lock =
        #"{"originHash":"x","pins":[{"identity":"swift-nio","kind":"remoteSourceControl","#
        + #""location":"https://github.com/apple/swift-nio.git","state":{"revision":"a","version":"2.65.0"}}],"version":3}"#

    @Test(.timeLimit(.minutes(5)))
    func `a candidate's image is tried, described, signed and tagged, and lands as a release`() async throws {
        try await withArtifacts { fixture in
            let pipeline = fixture.pipeline
            let commit = try await pipeline.commit([
                ".slipway/pipeline.yaml": ScriptPipeline.image(), "Package.resolved": Self.lock,
            ])
            let change = PipelineRunSpec.PullRequest(name: "shop-1", head: commit)
            try await pipeline.submit("one", commit: commit) { spec in
                spec.ref = "refs/slipway/candidates/1"
                spec.pullRequests = [change]
            }
            let status = try await pipeline.ended("one")
            #expect(status.phase == "Passed", "\(status.message ?? "")")
            let artifact = try #require(status.artifact)
            #expect(artifact.service == "shop")
            #expect(artifact.image.repository == "\(fixture.registry)/shop/web")
            #expect(artifact.image.tag == commit)
            let step = try #require(status.gates?.last?.steps.last)
            #expect(Set(step.evidence ?? []) == Set(artifact.digests))
            let log = try pipeline.log(step)
            #expect(log.contains("\nit works\n"), "\(log)")

            // The tag names the image, whose bytes say the commit and its time.
            let tagged = try Reference(parsing: "\(artifact.image.repository):\(commit)")
            let image = try await fixture.withClient { try await $0.image(tagged) }
            #expect(image.digest.description == artifact.image.digest)
            #expect(image.configuration.created == "2026-01-01T00:00:00Z")
            #expect(image.configuration.execution.user == "65532:65532")
            #expect(image.manifest.annotations["org.opencontainers.image.revision"] == commit)
            #expect(
                image.manifest.annotations["org.opencontainers.image.source"]
                    == "https://slipway.example/git/default/shop")

            try await Self.checkStatements(fixture, artifact, commit: commit)

            let writer = ReleaseWriter(
                pipeline.client,
                ReleaseWriter.Settings(
                    verifiers: [pipeline.verifier],
                    sources: GitSourceProvider { _, _ in pipeline.repository }), logger: .silent)
            try await writer.install()
            try await Self.merge(change, as: commit, in: pipeline.client)
            let release = try await Self.release("shop-\(commit.prefix(12))", of: pipeline.client, by: writer)
            #expect(release.image == artifact.image)
            #expect(release.signature == artifact.signature)
            #expect(release.signature?.development == true)
            #expect(release.tree == (try await pipeline.repository.commit(commit).tree.hex))
            #expect(release.gates?.map(\.name) == ["lint", "test", "security", "build"])
            #expect(release.verdict == status.verdict?.payloadDigest)
            #expect(release.run == "one")
            await #expect(throws: APIError.self, "a release never changes") {
                try await pipeline.client.patch(
                    .releases, "shop-\(commit.prefix(12))", namespace: "default",
                    .merge(["spec": ["service": "other"]]))
            }
        }
    }

    /// Both layouts of the signature, the list of parts and the provenance, each by the identity of the run.
    private static func checkStatements(
        _ fixture: ArtifactFixture, _ artifact: PipelineRunStatus.Artifact, commit: String
    ) async throws {
        let pinned = artifact.image.pinned
        let signatures = try await fixture.valid(pinned, PredicateType.imageSignature)
        #expect(signatures.count == 2, "a bundle and a layer of the .sig tag")
        let certificate = try #require(signatures.first?.certificate)
        #expect(certificate.extensions[.sourceRepositoryDigest] == commit)
        #expect(artifact.signature?.identity == ArtifactFixture.identity)
        #expect(artifact.signature?.issuer == ArtifactFixture.issuerURL)
        let bill = try #require(try await fixture.valid(pinned, PredicateType.cycloneDX).first?.statement)
        let components = bill.predicate["components"]?.arrayValue ?? []
        #expect(components.map { $0["name"]?.stringValue } == ["swift-nio"])
        #expect(bill.predicate["metadata", "component", "version"]?.stringValue == commit)
        let origin = try #require(try await fixture.valid(pinned, PredicateType.provenance).first?.statement)
        let built = try #require(origin.predicate["buildDefinition"])
        #expect(built["externalParameters", "commit"]?.stringValue == commit)
        #expect(built["resolvedDependencies"]?[0]?["digest", "gitCommit"]?.stringValue == commit)
        #expect(
            origin.predicate["runDetails", "builder", "id"]?.stringValue == ArtifactFixture.issuerURL)
    }

    /// What the forge says of a pull request that has landed.
    private static func merge(
        _ change: PipelineRunSpec.PullRequest, as commit: String, in client: KubeClient
    ) async throws {
        var object: Value = [
            "apiVersion": "slipway.dev/v1alpha1", "kind": "PullRequest",
            "spec": try ValueEncoder().encode(
                PullRequestSpec(
                    repository: "shop", number: 1, title: "Change", author: "ann", target: "main",
                    head: change.head)),
        ]
        object.metadata.name = change.name
        try await client.create(.pullRequests, object, namespace: "default")
        try await client.patch(
            .pullRequests, change.name, namespace: "default",
            .merge(["status": ["phase": "Merged", "mergeCommit": .string(commit)]]), subresource: "status")
    }

    /// Waits until a release has been written.
    private static func release(
        _ name: String, of client: KubeClient, by writer: ReleaseWriter
    ) async throws -> ReleaseSpec {
        let cache = WatchCache(client, .releases, namespace: "default", mode: .full, logger: .silent)
        return try await withThrowingTaskGroup(of: ReleaseSpec?.self) { group in
            group.addTask {
                try await writer.run()
                return nil
            }
            group.addTask {
                await cache.run()
                return nil
            }
            group.addTask {
                for await event in cache.subscribe() where event.key.name == name {
                    guard let spec = event.object.value?["spec"] else { continue }
                    return try ValueDecoder().decode(ReleaseSpec.self, from: spec)
                }
                return nil
            }
            defer { group.cancelAll() }
            while let result = try await group.next() { if let result { return result } }
            throw CancellationError()
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `the same tree gives the same image, and who is no candidate pushes nothing`() async throws {
        try await withArtifacts { fixture in
            let pipeline = fixture.pipeline
            let commit = try await pipeline.commit([".slipway/pipeline.yaml": ScriptPipeline.image()])
            try await pipeline.submit("branch", commit: commit) { $0.trust = "same-repo" }
            let branch = try await pipeline.ended("branch")
            #expect(branch.phase == "Passed", "\(branch.message ?? "")")
            #expect(branch.artifact == nil)
            let digest = try #require(branch.gates?.last?.steps.last?.evidence?.first)
            let name = try Reference(parsing: "\(fixture.registry)/shop/web")
            await #expect(throws: OCIError.self) {
                try await fixture.withClient { try await $0.resolve(try name.with(tag: commit)) }
            }
            await #expect(throws: OCIError.self) {
                try await fixture.withClient { try await $0.resolve(name.with(try Digest(parsing: digest))) }
            }
            for run in ["one", "again"] {
                try await pipeline.submit(run, commit: commit)
                let status = try await pipeline.ended(run)
                #expect(status.phase == "Passed", "\(status.message ?? "")")
                #expect(status.artifact?.image.digest == digest, "\(run)")
            }
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `the packages of the base image are in the list of parts, and the base is in the provenance`()
        async throws
    {
        let status = """
            Package: tzdata
            Status: install ok installed
            Architecture: all
            Version: 2024a-0+deb12u1

            """
        let system = "ID=debian\nVERSION_ID=\"12\"\nVERSION_CODENAME=bookworm\n"
        try await withArtifacts { fixture in
            let pipeline = fixture.pipeline
            let base = try await OCI.ImageBuilder(store: fixture.store).build(
                OCI.ImageRecipe(layers: [
                    LayerContent([
                        .file(Array(status.utf8), at: "/var/lib/dpkg/status"),
                        .file(Array(system.utf8), at: "/etc/os-release"),
                    ])
                ])
            ).document
            let origin = try Reference(
                domain: fixture.registry, repository: "base/debian", tag: String(repeating: "b", count: 40))
            try await fixture.withClient {
                _ = try await $0.push(base.digest, from: fixture.store, to: origin)
            }
            let name = "registry.localhost/base/debian@\(base.digest)"
            let commit = try await pipeline.commit([
                ".slipway/pipeline.yaml": ScriptPipeline.image(base: name), "Package.resolved": Self.lock,
            ])
            try await pipeline.submit("one", commit: commit)
            let ended = try await pipeline.ended("one")
            #expect(ended.phase == "Passed", "\(ended.message ?? "")")
            let image = try #require(ended.artifact?.image)
            let bill = try #require(
                try await fixture.valid(image.pinned, PredicateType.cycloneDX).first?.statement)
            let parts = (bill.predicate["components"]?.arrayValue ?? []).compactMap {
                $0["purl"]?.stringValue
            }
            #expect(parts.contains { $0.hasPrefix("pkg:deb/debian/tzdata@2024a-0") }, "\(parts)")
            #expect(parts.contains { $0.contains("swift-nio") }, "\(parts)")
            let provenance = try #require(
                try await fixture.valid(image.pinned, PredicateType.provenance).first?.statement)
            let used = provenance.predicate["buildDefinition", "resolvedDependencies"]?.arrayValue ?? []
            #expect(used.contains { $0["digest", "sha256"]?.stringValue == base.digest.hex })
            let built = try await fixture.withClient {
                try await $0.image(try Reference(parsing: image.pinned))
            }
            #expect(built.manifest.annotations["org.opencontainers.image.base.name"] == name)
            #expect(built.manifest.layers.count == 2)
        }
    }

    /// An image that does not get through its gate, and why.
    struct Failure: Sendable, CustomTestStringConvertible {
        var name: String
        var file: String
        var code: StepFault.Code
        var message: String
        var testDescription: String { name }
    }

    static let failures: [Failure] = [
        Failure(
            name: "a program that fails",
            file: ScriptPipeline.image(verify: "[/bin/bash, -c, \"echo no database; exit 3\"]"),
            code: .imageTrial, message: "ended with 3: no database"),
        Failure(
            name: "a program that is not in the image",
            file: ScriptPipeline.image(verify: "[/bin/server, --selfcheck]"), code: .imageTrial,
            message: "/bin/server"),
        Failure(
            name: "a program that hangs",
            file: ScriptPipeline.image(
                verify: "[/bin/bash, -c, \"read < <(:); while :; do :; done\"], timeout: 1s"),
            code: .timeout, message: "verify took longer than its timeout of 1"),
        Failure(
            name: "an image that is too large",
            file: ScriptPipeline.image(
                size: "size: { max: 1MB }", build: "head -c 3000000 /dev/urandom > out/noise"),
            code: .imageSize, message: "/noise (layer 1)"),
        Failure(
            name: "a link that leads out of the tree",
            file: ScriptPipeline.image(layers: ", { from: link, to: /stolen }", build: "true"),
            code: .image, message: "link is a link that leads out of the tree"),
    ]

    @Test(.timeLimit(.minutes(5)))
    func `what is wrong with an image fails its gate with its reason`() async throws {
        try await withArtifacts { fixture in
            let pipeline = fixture.pipeline
            for (number, failure) in Self.failures.enumerated() {
                let commit = try await pipeline.commit(
                    [".slipway/pipeline.yaml": failure.file, "n": "\(number)"], link: ("link", "/etc/passwd"))
                try await pipeline.submit("run-\(number)", commit: commit)
            }
            for (number, failure) in Self.failures.enumerated() {
                let status = try await pipeline.ended("run-\(number)")
                #expect(status.phase == "Failed", "\(failure.name): \(status)")
                #expect(status.reason == failure.code.rawValue, "\(failure.name): \(status.message ?? "")")
                #expect(
                    status.message?.contains(failure.message) ?? false,
                    "\(failure.name): \(status.message ?? "")")
                #expect(status.artifact == nil)
            }
            // Nothing of it has a tag.
            let name = try Reference(parsing: "\(fixture.registry)/shop/web")
            let tags = try? await fixture.withClient { try await $0.tags(in: name) }
            #expect(tags?.isEmpty ?? true)
        }
    }

    @Test(.timeLimit(.minutes(5))) func `a tag that names another image already is left alone`() async throws
    {
        try await withArtifacts { fixture in
            let pipeline = fixture.pipeline
            let commit = try await pipeline.commit([".slipway/pipeline.yaml": ScriptPipeline.image()])
            let target = try Reference(parsing: "\(fixture.registry)/shop/web").with(tag: commit)
            let other = try await OCI.ImageBuilder(store: fixture.store).build(
                OCI.ImageRecipe(layers: [LayerContent([.file([1], at: "/other")])]))
            try await fixture.withClient {
                _ = try await $0.push(other.document.digest, from: fixture.store, to: target)
            }
            try await pipeline.submit("one", commit: commit)
            let status = try await pipeline.ended("one")
            #expect(status.phase == "Failed")
            #expect(status.reason == "R11", "\(status.message ?? "")")
            let present = try await fixture.withClient { try await $0.resolve(target) }
            #expect(present.digest == other.document.digest)
        }
    }
}
