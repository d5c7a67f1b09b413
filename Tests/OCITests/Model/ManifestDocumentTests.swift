import Manifest
import OCI
import Testing

@Suite struct ManifestDocumentTests {
    private static let digest = "sha256:" + String(repeating: "ab", count: 32)
    private static func descriptor(_ fields: String = "") -> String {
        #"{"mediaType":"application/vnd.oci.image.layer.v1.tar+gzip","digest":"\#(digest)","size":7\#(fields)}"#
    }

    @Test func `a manifest keeps its bytes and its digest`() throws {
        let text = #"{ "schemaVersion": 2, "config": \#(Self.descriptor()), "layers": [], "unknown": 1 }"#
        let document = try ManifestDocument(Array(text.utf8))
        #expect(document.bytes == Array(text.utf8))
        #expect(document.digest == .sha256(Array(text.utf8)))
        #expect(document.mediaType == .imageManifest)
        #expect(try document.image().layers.isEmpty)
    }

    @Test func `a written manifest reads back`() throws {
        let layer = Descriptor(
            mediaType: .layerTarGzip, digest: .sha256([1]), size: 1, annotations: ["b": "2", "a": "1"],
            platform: Platform(os: "linux", architecture: "arm64", variant: "v8"), urls: ["http://x"])
        let manifest = ImageManifest(
            artifactType: "application/x", configuration: .empty, layers: [layer],
            subject: Descriptor(mediaType: .imageManifest, digest: .sha256([2]), size: 9),
            annotations: ["org.opencontainers.image.title": "x"])
        let document = ManifestDocument(manifest)
        let again = try ManifestDocument(document.bytes, mediaType: .imageManifest)
        #expect(again == document)
        #expect(try again.image() == manifest)
        #expect(document.referrerDescriptor.artifactType == "application/x")
        #expect(document.referrerDescriptor.annotations == manifest.annotations)
        let index = ImageIndex(manifests: [document.descriptor], annotations: ["k": "v"])
        #expect(try ManifestDocument(ManifestDocument(index).bytes).content == .index(index))
    }

    @Test(arguments: [
        #"[]"#, #"{"#, #"{}"#, #"{"schemaVersion":1,"fsLayers":[]}"#, #"{"schemaVersion":2,"layers":[]}"#,
        #"{"schemaVersion":2,"config":\#(descriptor()),"layers":{}}"#,
        #"{"schemaVersion":2,"config":\#(descriptor()),"layers":[1]}"#,
        #"{"schemaVersion":2,"config":\#(descriptor()),"layers":[],"manifests":[]}"#,
        #"{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","layers":[],"manifests":[]}"#,
        #"{"schemaVersion":2,"mediaType":"text/plain","config":\#(descriptor()),"layers":[]}"#,
        #"{"schemaVersion":2,"config":{"mediaType":"x","digest":"\#(digest)","size":-1},"layers":[]}"#,
        #"{"schemaVersion":2,"config":{"mediaType":"x","digest":"\#(digest)","size":"7"},"layers":[]}"#,
        #"{"schemaVersion":2,"config":{"mediaType":"x","digest":"sha256:12","size":1},"layers":[]}"#,
        #"{"schemaVersion":2,"config":{"digest":"\#(digest)","size":1},"layers":[]}"#,
        #"{"schemaVersion":2,"schemaVersion":2,"config":\#(descriptor()),"layers":[]}"#,
        #"{"schemaVersion":2,"config":\#(descriptor()),"layers":[],"annotations":{"a":1}}"#,
    ])
    func `a document that is no manifest or could be read in two ways is refused`(_ text: String) {
        #expect(throws: OCIError.self) { try ManifestDocument(Array(text.utf8)) }
    }

    @Test func `a manifest of another type than announced is refused`() {
        let text =
            #"{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":\#(Self.descriptor()),"layers":[]}"#
        #expect(throws: OCIError.self) { try ManifestDocument(Array(text.utf8), mediaType: .imageIndex) }
        #expect(throws: Never.self) { try ManifestDocument(Array(text.utf8), mediaType: .octetStream) }
    }

    @Test func `a manifest of more than four mebibytes is refused`() {
        let bytes = [UInt8](repeating: 32, count: ManifestDocument.largestSize + 1)
        #expect { try ManifestDocument(bytes) } throws: { ($0 as? OCIError)?.code == .limitExceeded }
    }

    @Test func `an index gives the manifest for a platform`() throws {
        func entry(_ number: UInt8, _ platform: Platform?) -> Descriptor {
            Descriptor(mediaType: .imageManifest, digest: .sha256([number]), size: 1, platform: platform)
        }
        let amd = Platform(os: "linux", architecture: "amd64")
        let arm = Platform(os: "linux", architecture: "arm64", variant: "v8")
        let index = ImageIndex(manifests: [entry(1, nil), entry(2, amd), entry(3, arm), entry(4, amd)])
        #expect(try index.manifest(for: amd).digest == .sha256([2]))
        #expect(try index.manifest(for: Platform(parsing: "linux/arm64")).digest == .sha256([3]))
        #expect(try index.manifest(for: Platform(parsing: "linux/s390x")).digest == .sha256([1]))
        #expect(throws: OCIError.self) {
            try ImageIndex(manifests: [entry(2, amd)]).manifest(for: arm)
        }
        #expect(throws: OCIError.self) { try Platform(parsing: "linux") }
        #expect(throws: OCIError.self) { try Platform(parsing: "linux/") }
    }
}

@Suite struct ImageConfigurationTests {
    @Test func `a configuration reads back, and chains name layers with those below`() throws {
        var configuration = ImageConfiguration(
            created: "1970-01-01T00:00:00Z", platform: Platform(os: "linux", architecture: "amd64"),
            diffIDs: [.sha256([1]), .sha256([2]), .sha256([3])],
            history: [.init(createdBy: "x"), .init(comment: "c", isEmptyLayer: true)])
        configuration.execution.user = "1000:1000"
        configuration.execution.environment = ["PATH=/bin", "A=1"]
        configuration.execution.entrypoint = ["/app"]
        configuration.execution.command = []
        configuration.execution.exposedPorts = ["8080/tcp"]
        configuration.execution.labels = ["b": "1", "a": "2"]
        configuration.execution.stopSignal = "SIGINT"
        configuration.execution.workingDirectory = "/srv"
        #expect(try ImageConfiguration(parsing: configuration.encoded) == configuration)
        let second = Digest.sha256(Array("\(Digest.sha256([1])) \(Digest.sha256([2]))".utf8))
        #expect(configuration.chainIDs.prefix(2) == [.sha256([1]), second])
        #expect(configuration.chainIDs[2] == .sha256(Array("\(second) \(Digest.sha256([3]))".utf8)))
    }

    @Test func `what docker writes is read, nulls included`() throws {
        let text = """
            {"architecture":"amd64","os":"linux","config":{"Hostname":"","User":"","Env":["PATH=/bin"],"Cmd":["sh"],
            "Image":"sha256:x","Volumes":null,"WorkingDir":"","Entrypoint":null,"OnBuild":null,"Labels":null,
            "ExposedPorts":{"80/tcp":{}}},"container":"x","created":"2024-01-01T00:00:00Z","docker_version":"20",
            "history":[{"created":"2024-01-01T00:00:00Z","created_by":"x","empty_layer":true}],
            "rootfs":{"type":"layers","diff_ids":[]},"variant":""}
            """
        let configuration = try ImageConfiguration(parsing: Array(text.utf8))
        #expect(configuration.execution.command == ["sh"])
        #expect(configuration.execution.entrypoint == nil)
        #expect(configuration.execution.user == nil)
        #expect(configuration.execution.exposedPorts == ["80/tcp"])
        #expect(configuration.history.map(\.isEmptyLayer) == [true])
    }
}
