import Foundation
import TestSupport
import Testing

@testable import OCI

@Suite struct ImageBuilderTests {
    private static let epoch: Int64 = 1_700_000_000

    /// A source tree, made in an order and with times and modes of its own.
    private func makeTree(_ path: String, backwards: Bool) throws {
        let files: [(String, String, Int)] = [
            ("bin/app", String(repeating: "program ", count: 50_000), 0o755),
            ("etc/app.conf", "a=1\n", 0o600),
            ("empty", "", 0o666), ("deep/er/\(String(repeating: "n", count: 120))", "long", 0o644),
        ]
        for (name, text, mode) in backwards ? files.reversed() : files {
            let file = URL(filePath: "\(path)/\(name)")
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: file)
            let day = backwards ? 86_400.0 : 1_000_000_000.0
            try FileManager.default.setAttributes(
                [
                    .posixPermissions: backwards ? mode & ~0o022 : mode,
                    .modificationDate: Date(timeIntervalSince1970: day),
                ],
                ofItemAtPath: file.path)
        }
        try FileManager.default.createSymbolicLink(
            atPath: "\(path)/link", withDestinationPath: "bin/app")
    }

    private func recipe(_ tree: String) -> ImageRecipe {
        var recipe = ImageRecipe(
            layers: [
                LayerContent([.path(tree, at: "/opt/app"), .directory(at: "tmp", mode: 0o1777)]),
                LayerContent([.file(Array("x".utf8), at: "/etc/x"), .symbolicLink(to: "x", at: "etc/y")]),
            ], platform: Platform(os: "linux", architecture: "amd64"), epoch: Self.epoch,
            revision: TestRegistry.commit, annotations: ["org.opencontainers.image.title": "app"])
        recipe.execution.entrypoint = ["/opt/app/bin/app"]
        recipe.execution.labels = ["b": "1", "a": "2"]
        return recipe
    }

    @Test func `the same files give the same digest on other paths, days and numbers of processors`()
        async throws
    {
        var digests: Set<Digest> = []
        for (number, threads) in [1, 2, 7].enumerated() {
            try await withTemporaryDirectory { directory in
                let tree = "\(directory)/\(String(repeating: "x", count: number * 9))tree"
                try makeTree(tree, backwards: number == 1)
                let store = try ImageStore(directory: "\(directory)/store")
                let outcome = try await ImageBuilder(store: store, threads: threads).build(recipe(tree))
                digests.insert(outcome.document.digest)
            }
        }
        #expect(digests.count == 1)
    }

    @Test func `an image says what it is and unpacks to its files`() async throws {
        try await withTemporaryDirectory { directory in
            let tree = "\(directory)/tree"
            try makeTree(tree, backwards: false)
            let store = try ImageStore(directory: "\(directory)/store")
            let outcome = try await ImageBuilder(store: store).build(recipe(tree))
            let image = try await store.image(outcome.document.digest)
            #expect(image.configuration == outcome.configuration)
            #expect(image.configuration.created == "2023-11-14T22:13:20Z")
            #expect(image.manifest.annotations["org.opencontainers.image.revision"] == TestRegistry.commit)
            #expect(image.manifest.annotations["org.opencontainers.image.title"] == "app")
            #expect(image.configuration.history.count == 2)
            #expect(outcome.size.compressed == image.manifest.compressedSize)
            let images = try UnpackedImages(
                directory: "\(directory)/unpacked", content: store.content, form: .flat)
            let paths = try await images.directories(of: image)
            let again = try await images.directories(of: image)
            #expect(again == paths && paths.count == 1)
            let root = try #require(paths.first)
            try await runScript(
                """
                diff -r '\(tree)' '\(root)/opt/app' && [ "$(readlink '\(root)/etc/y')" = x ]
                [ "$(stat -c %a '\(root)/tmp')" = 1777 ] && [ "$(stat -c '%a %Y' '\(root)/opt/app/bin/app')" = "755 \(Self.epoch)" ]
                [ "$(stat -c '%a' '\(root)/opt/app/etc/app.conf')" = 644 ]
                """)
            // The archive and its compression are read by others too.
            for (number, layer) in image.manifest.layers.enumerated() {
                let archive = store.content.path(of: layer.digest)
                try await runScript(
                    "gzip -t < '\(archive)' && tar -tzf '\(archive)' >/dev/null && "
                        + "[ sha256:$(gzip -dc < '\(archive)' | sha256sum | cut -d' ' -f1) = \(image.configuration.diffIDs[number]) ]"
                )
            }
        }
    }

    @Test func `layers that did not change are not compressed again`() async throws {
        try await withTemporaryDirectory { directory in
            let tree = "\(directory)/tree"
            try makeTree(tree, backwards: false)
            let store = try ImageStore(directory: "\(directory)/store")
            let builder = ImageBuilder(store: store)
            let first = try await builder.build(recipe(tree))
            #expect(first.cachedLayers == 0)
            let second = try await builder.build(recipe(tree))
            #expect(second.cachedLayers == 2 && second.document == first.document)
            try Data("other".utf8).write(to: URL(filePath: "\(tree)/empty"))
            let third = try await builder.build(recipe(tree))
            #expect(third.cachedLayers == 1 && third.document != first.document)
            // A blob that was lost is made anew.
            try await store.content.remove(first.manifest.layers[0].digest)
            try Data().write(to: URL(filePath: "\(tree)/empty"))
            let fourth = try await builder.build(recipe(tree))
            #expect(fourth.document == first.document)
        }
    }

    @Test func `an image builds upon another`() async throws {
        try await withTemporaryDirectory { directory in
            let store = try ImageStore(directory: "\(directory)/store")
            let builder = ImageBuilder(store: store)
            var base = ImageRecipe(layers: [LayerContent([.file([1], at: "/base")])])
            base.execution.environment = ["PATH=/bin", "A=1"]
            base.execution.entrypoint = ["/base"]
            base.execution.command = ["x"]
            base.execution.user = "7"
            let first = try await builder.build(base)
            var top = ImageRecipe(
                base: .init(name: "example.com/base:v1", digest: first.document.digest),
                layers: [LayerContent([.file([2], at: "/top")])])
            top.execution.environment = ["A=2", "B=3"]
            top.execution.entrypoint = ["/top"]
            let second = try await builder.build(top)
            let execution = second.configuration.execution
            #expect(execution.environment == ["PATH=/bin", "A=2", "B=3"])
            #expect(execution.entrypoint == ["/top"] && execution.command == nil && execution.user == "7")
            #expect(second.manifest.layers.first == first.manifest.layers.first)
            #expect(second.configuration.diffIDs.count == 2)
            #expect(
                second.manifest.annotations["org.opencontainers.image.base.digest"]
                    == first.document.digest.description)
            #expect(
                second.manifest.annotations["org.opencontainers.image.base.name"] == "example.com/base:v1")
            #expect(second.size.aboveBase < second.size.compressed)
            var other = top
            other.platform = Platform(os: "linux", architecture: "s390x")
            await #expect { try await builder.build(other) } throws: { ($0 as? OCIError)?.code == .build }
        }
    }

    @Test func `an image that is too large fails and names its largest files`() async throws {
        try await withTemporaryDirectory { directory in
            let store = try ImageStore(directory: "\(directory)/store")
            var generator = SeededGenerator(seed: 5)
            let noise = (0..<400_000).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
            let base = try await ImageBuilder(store: store).build(
                ImageRecipe(layers: [LayerContent([.file(noise, at: "/lib/base.so")])]))
            let items = (0..<12).map { number in
                LayerContent.Item.file(
                    Array(noise.prefix(10_000 + number * 1_000)), at: "/data/file\(number)")
            }
            let recipe = ImageRecipe(base: .init(digest: base.document.digest), layers: [LayerContent(items)])
            let builder = ImageBuilder(store: store, rule: ImageSizeRule(limit: 300_000))
            await #expect {
                try await builder.build(recipe)
            } throws: {
                guard let error = $0 as? OCIError, error.code == .imageTooLarge else { return false }
                let lines = error.message.split(separator: "\n")
                return lines.count == 11 && lines[1].contains("/lib/base.so (layer 1)")
                    && lines[2].contains("/data/file11 (layer 2)") && !error.message.contains("/data/file2 ")
                    && error.message.contains("uncompressed")
            }
        }
    }

    @Test func `what cannot be in an image is refused`() async throws {
        try await withTemporaryDirectory { directory in
            let store = try ImageStore(directory: "\(directory)/store")
            try await runScript("mkfifo '\(directory)/fifo'")
            let wrong: [[LayerContent.Item]] = [
                [.file([1], at: "../x")], [.file([1], at: "/")], [.file([1], at: "a/.wh.b")],
                [.path("\(directory)/none", at: "/x")], [.path("\(directory)/fifo", at: "/x")],
                [.file([1], at: "a"), .file([1], at: "a/b")],
            ]
            for items in wrong {
                await #expect {
                    try await ImageBuilder(store: store).build(ImageRecipe(layers: [LayerContent(items)]))
                } throws: { ($0 as? OCIError)?.code == .build }
            }
            for revision in ["main", "latest", "abc", String(repeating: "a", count: 39)] {
                await #expect {
                    try await ImageBuilder(store: store).build(ImageRecipe(layers: [], revision: revision))
                } throws: { ($0 as? OCIError)?.code == .tagRefused }
            }
        }
    }

    @Test(.enabled(if: Program.path("runc") != nil && geteuid() == 0, "needs runc and root"))
    func `runc runs what was built`() async throws {
        try await withTemporaryDirectory { directory in
            let store = try ImageStore(directory: "\(directory)/store")
            var items: [LayerContent.Item] = []
            let program = try #require(Program.path("bash"))
            items.append(.path(program, at: "/bin/bash"))
            try await runScript("ldd '\(program)' | grep -o '/[^ ]*' > '\(directory)/libraries'")
            let list = try String(contentsOfFile: "\(directory)/libraries", encoding: .utf8)
            for library in list.split(separator: "\n") {
                items.append(.path(String(library), at: String(library)))
            }
            items.append(.directory(at: "/proc"))
            let outcome = try await ImageBuilder(store: store).build(
                ImageRecipe(layers: [LayerContent(items)]))
            let image = try await store.image(outcome.document.digest)
            let images = try UnpackedImages(
                directory: "\(directory)/unpacked", content: store.content, form: .flat)
            let root = try #require(try await images.directories(of: image).first)
            try await runScript(
                """
                cd '\(directory)' && mkdir bundle && cd bundle && runc spec
                python3 - '\(root)' <<'END'
                import json, sys
                spec = json.load(open('config.json'))
                spec['root'] = {'path': sys.argv[1], 'readonly': True}
                spec['process']['args'] = ['/bin/bash', '-c', 'echo ran > /dev/stdout']
                spec['process']['terminal'] = False
                spec['mounts'] = [m for m in spec['mounts'] if m['destination'] == '/proc']
                spec['linux']['namespaces'] = [n for n in spec['linux']['namespaces'] if n['type'] != 'network']
                json.dump(spec, open('config.json', 'w'))
                END
                mkdir -p ../state
                out=$(runc --root ../state run slipway-test-$$ 2>&1) || { echo "$out"; exit 1; }
                [ "$out" = ran ] || { echo "$out"; exit 1; }
                """)
        }
    }

    @Test(arguments: [0, 1, 1 << 20, (1 << 20) + 1, 3 << 20])
    func `compressed archives of any length expand to themselves`(_ size: Int) async throws {
        try await withTemporaryDirectory { directory in
            let store = try ContentStore(directory: directory)
            var generator = SeededGenerator(seed: UInt64(size))
            var bytes = [UInt8](repeating: 7, count: size)
            for place in stride(from: 0, to: size, by: 3) {
                bytes[place] = UInt8(truncatingIfNeeded: generator.next())
            }
            var digests: Set<Digest> = []
            for threads in [1, 3] {
                let result = try LayerCompressor.compress(
                    MemorySource(bytes), into: store, threads: threads, CancellationFlag())
                digests.insert(result.descriptor.digest)
                #expect(result.diffID == .sha256(bytes))
                let source = HashingSource(
                    try GzipSource(
                        FileSource(try store.openBlocking(result.descriptor.digest)), limits: UnpackLimits()))
                try source.drain()
                #expect(source.digest == result.diffID)
            }
            #expect(digests.count == 1)
        }
    }

    @Test func `a decompression bomb is refused before it is on the disk`() async throws {
        try await withTemporaryDirectory { directory in
            let store = try ContentStore(directory: "\(directory)/store")
            let zeros = MemorySource([UInt8](repeating: 0, count: 32 << 20))
            let bomb = try LayerCompressor.compress(zeros, into: store, threads: 2, CancellationFlag())
            var options = UnpackOptions()
            options.limits.ratioGrace = 1 << 20
            options.limits.ratio = 100
            await #expect {
                try await LayerUnpacker(options).unpack(
                    bomb.descriptor, diffID: bomb.diffID, from: store, into: directory)
            } throws: { ($0 as? OCIError)?.code == .limitExceeded }
            var lying = bomb.descriptor
            lying.size -= 1
            await #expect {
                try await LayerUnpacker().unpack(lying, diffID: nil, from: store, into: directory)
            } throws: { ($0 as? OCIError)?.code == .sizeMismatch }
            await #expect {
                try await LayerUnpacker().unpack(
                    bomb.descriptor, diffID: .sha256([1]), from: store, into: directory)
            } throws: { ($0 as? OCIError)?.code == .digestMismatch }
        }
    }

    @Test func `times are written as the calendar has them`() {
        #expect(CivilTime.text(0) == "1970-01-01T00:00:00Z")
        #expect(CivilTime.text(951_782_400) == "2000-02-29T00:00:00Z")
        #expect(CivilTime.text(1_709_251_199) == "2024-02-29T23:59:59Z")
        #expect(CivilTime.seconds(ofHTTPDate: "Sun, 06 Nov 1994 08:49:37 GMT") == 784_111_777)
        #expect(CivilTime.seconds(ofHTTPDate: "Thu, 29 Feb 2024 23:59:59 GMT") == 1_709_251_199)
        #expect(CivilTime.seconds(ofHTTPDate: "soon") == nil)
        #expect(CivilTime.text(-1) == "1969-12-31T23:59:59Z")
    }

    @Test func `layouts of other programs are read and written`() async throws {
        try await withTemporaryDirectory { directory in
            let store = try ImageStore(directory: "\(directory)/store")
            let image = try await makeImage(in: store, layers: [10])
            let layout = ImageLayout(directory: "\(directory)/layout")
            try await layout.write(image.digest, named: "x", from: store)
            let other = try ImageStore(directory: "\(directory)/other")
            let read = try await layout.read("x", into: other)
            #expect(read == image)
            await #expect(throws: OCIError.self) { try await layout.read("y", into: other) }
            if Program.path("skopeo") != nil {
                try await runScript("skopeo inspect oci:'\(directory)/layout':x >/dev/null")
            }
        }
    }
}

@Suite struct DockerfileBuildTests {
    @Test func `without buildah, a Dockerfile is refused with what to do`() async throws {
        try await withTemporaryDirectory { directory in
            let store = try ImageStore(directory: "\(directory)/store")
            await #expect {
                try await DockerfileBuild(dockerfile: "Dockerfile", context: ".").build(
                    into: store, environment: ["PATH": directory])
            } throws: {
                ($0 as? OCIError)?.code == .unsupported && "\($0)".contains("apt-get install buildah")
            }
        }
    }

    @Test(.enabled(if: OtherClientsTests.hasBuildah, "buildah is not installed, or does not work here"))
    func `a Dockerfile is built by buildah`() async throws {
        try await withTemporaryDirectory { directory in
            try Data("FROM scratch\nCOPY file /file\nENTRYPOINT [\"/file\"]\n".utf8).write(
                to: URL(filePath: "\(directory)/Dockerfile"))
            try Data("x".utf8).write(to: URL(filePath: "\(directory)/file"))
            let store = try ImageStore(directory: "\(directory)/store")
            let built = try await DockerfileBuild(
                dockerfile: "\(directory)/Dockerfile", context: directory, epoch: 1_700_000_000,
                revision: TestRegistry.commit
            ).build(into: store, environment: ProcessInfo.processInfo.environment)
            let image = try await store.image(built.document.digest)
            #expect(image.configuration.execution.entrypoint == ["/file"])
            #expect(image.manifest.annotations["org.opencontainers.image.revision"] == TestRegistry.commit)
            #expect(built.size.uncompressed > 0)
        }
    }
}
