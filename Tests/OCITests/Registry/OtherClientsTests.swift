import Foundation
import TestSupport
import Testing

@testable import OCI

/// The registry as clients of others see it.
@Suite struct OtherClientsTests {
    static let hasSkopeo = Program.path("skopeo") != nil
    static let hasBuildah = Program.hasWorkingBuildah
    static let hasPodman = Program.hasWorkingPodman

    @Test(.enabled(if: hasSkopeo, "skopeo is not installed"))
    func `skopeo copies images in and out`() async throws {
        try await withRegistry { registry in
            try await withTemporaryDirectory { directory in
                let store = try ImageStore(directory: "\(directory)/store")
                let image = try await makeImage(in: store)
                let tag = TestRegistry.commit
                let first = try registry.reference("first", tag: tag)
                try await RegistryClient.withClient(.impatient()) { client in
                    _ = try await client.push(image.digest, from: store, to: first)
                }
                try await runScript(
                    """
                    cd '\(directory)' && export HOME=$PWD
                    skopeo copy --quiet --insecure-policy --src-tls-verify=false --preserve-digests \
                        docker://\(registry.domain)/first:\(tag) oci:layout:x
                    skopeo copy --quiet --insecure-policy --dest-tls-verify=false --preserve-digests \
                        oci:layout:x docker://\(registry.domain)/second/app:\(tag)
                    skopeo copy --quiet --insecure-policy --src-tls-verify=false --dest-tls-verify=false \
                        docker://\(registry.domain)/second/app:\(tag) docker://\(registry.domain)/third:\(tag)
                    if skopeo copy --quiet --insecure-policy --dest-tls-verify=false --preserve-digests \
                        oci:layout:x docker://\(registry.domain)/second/app:latest 2>error; then exit 1; fi
                    grep -q 'git rev-parse HEAD' error || { cat error; exit 1; }
                    [ "$(skopeo inspect --tls-verify=false --format '{{.Digest}}' \
                        docker://\(registry.domain)/third:\(tag))" = \(image.digest) ]
                    skopeo list-tags --tls-verify=false docker://\(registry.domain)/second/app | grep -q \(tag)
                    skopeo delete --tls-verify=false docker://\(registry.domain)/third:\(tag)
                    """)
                try await RegistryClient.withClient(.impatient()) { client in
                    let second = try await client.manifest(try registry.reference("second/app", tag: tag))
                    #expect(second == image)
                    let third = try await client.manifestIfPresent(try registry.reference("third", tag: tag))
                    #expect(third == nil)
                }
            }
        }
    }

    @Test(.enabled(if: hasSkopeo, "skopeo is not installed"))
    func `skopeo logs in`() async throws {
        try await withRegistry({
            $0.access = .passwords(["ada": "secret"], allowsAnonymousPull: false)
        }) { registry in
            try await withTemporaryDirectory { directory in
                try await runScript(
                    """
                    cd '\(directory)' && export HOME=$PWD REGISTRY_AUTH_FILE=$PWD/auth.json
                    if skopeo login --tls-verify=false -u ada -p wrong \(registry.domain) 2>/dev/null; then exit 1; fi
                    skopeo login --tls-verify=false -u ada -p secret \(registry.domain) >/dev/null
                    """)
                let files = try DockerConfiguration.load(environment: [
                    "REGISTRY_AUTH_FILE": "\(directory)/auth.json"
                ])
                let credential = try RegistryCredentials.docker(files).credential(
                    for: registry.domain, repository: "a")
                #expect(credential == .password(user: "ada", password: "secret"))
            }
        }
    }

    /// Puts an image with one file into the registry, and gives its name.
    private static func pushGreeting(
        to registry: TestRegistry, in directory: String
    ) async throws -> Reference {
        let store = try ImageStore(directory: "\(directory)/store")
        let image = try await ImageBuilder(store: store).build(
            ImageRecipe(
                layers: [LayerContent([.file(Array("hello".utf8), at: "/etc/motd")])],
                revision: TestRegistry.commit))
        let reference = try registry.reference("app", tag: TestRegistry.commit)
        try await RegistryClient.withClient(.impatient()) { client in
            _ = try await client.push(image.document.digest, from: store, to: reference)
        }
        return reference
    }

    @Test(.enabled(if: hasBuildah, "buildah is not installed, or does not work here"))
    func `buildah pulls an image and finds its files`() async throws {
        try await withRegistry { registry in
            try await withTemporaryDirectory { directory in
                let reference = try await Self.pushGreeting(to: registry, in: directory)
                try await runScript(
                    """
                    cd '\(directory)'
                    b() { buildah --root $PWD/root --runroot $PWD/run --storage-driver vfs "$@"; }
                    b pull --quiet --tls-verify=false --policy always \(reference) >/dev/null
                    container=$(b from --tls-verify=false \(reference))
                    mount=$(b mount $container)
                    [ "$(cat $mount/etc/motd)" = hello ]
                    b umount $container >/dev/null; b rm $container >/dev/null
                    """)
            }
        }
    }

    @Test(.enabled(if: hasPodman, "podman is not installed, or does not work here"))
    func `podman pulls an image, finds its files and pushes it elsewhere`() async throws {
        try await withRegistry { registry in
            try await withTemporaryDirectory { directory in
                let reference = try await Self.pushGreeting(to: registry, in: directory)
                let copy = try registry.reference("copies/app", tag: TestRegistry.commit)
                try await runScript(
                    """
                    cd '\(directory)' && export HOME=$PWD
                    # Podman wants a short path.
                    run=$(mktemp -d /tmp/p-XXXXXX)
                    trap 'rm -rf "$run"' EXIT
                    p() { podman --root $PWD/root --runroot $run --storage-driver vfs --cgroup-manager cgroupfs "$@"; }
                    p pull --quiet --tls-verify=false \(reference) >/dev/null
                    mount=$(p image mount \(reference))
                    [ "$(cat $mount/etc/motd)" = hello ]
                    p image umount \(reference) >/dev/null
                    p push --quiet --tls-verify=false \(reference) \(copy)
                    """)
                try await RegistryClient.withClient(.impatient()) { client in
                    let (pushed, original) = (try await client.image(copy), try await client.image(reference))
                    #expect(pushed.configuration.diffIDs == original.configuration.diffIDs)
                }
            }
        }
    }
}
