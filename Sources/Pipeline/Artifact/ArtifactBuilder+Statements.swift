import Foundation
import Inventory
import KubeModel
import Manifest
import OCI
import Sigstore

extension ArtifactBuilder {
    /// What the parameters of the provenance mean.
    static let buildType = "https://slipway.dev/pipeline/v1"

    /// How the image came about.
    func provenance(of request: ImageBuildRequest) -> Provenance {
        let (run, recipe) = (request.run, request.recipe)
        let source = settings.sourceURL(run.namespace, run.spec.repository)
        let uri = source ?? "\(settings.builder)/\(run.namespace)/\(run.spec.repository)"
        var dependencies = [
            Provenance.Resource(
                uri: "git+\(uri)" + (run.spec.ref.map { "@\($0)" } ?? ""),
                digest: ["gitCommit": run.spec.commit])
        ]
        for base in images(of: recipe, in: request.source) {
            guard let reference = try? settings.reference(base), let digest = reference.digest else {
                continue
            }
            dependencies.append(
                Provenance.Resource(
                    uri: "oci://\(reference.name)", digest: [digest.algorithm.rawValue: digest.hex],
                    name: base))
        }
        var parameters: Object = [
            "repository": .string(uri), "commit": .string(run.spec.commit),
            "pipelineFile": .string(run.spec.pipelineFile ?? ".slipway/pipeline.yaml"),
            "service": .string(run.file.service), "image": .string(recipe.repository),
        ]
        if let ref = run.spec.ref { parameters["ref"] = .string(ref) }
        var decided: Object = [
            "trust": .string(run.trust.rawValue), "pipelineDigest": .string("sha256:\(run.file.digest)"),
            "policyDigest": .string("sha256:\(request.policy.digest)"), "run": .string(run.name),
        ]
        if let tree = run.tree { decided["tree"] = .string(tree) }
        if let base = run.spec.base { decided["base"] = .string(base) }
        return Provenance(
            buildType: Self.buildType, externalParameters: .object(parameters),
            internalParameters: .object(decided), resolvedDependencies: dependencies,
            builder: settings.builder, invocation: "\(run.namespace)/\(run.name)/\(run.uid)",
            started: Date(timeIntervalSince1970: Double(request.startedAt.seconds)),
            finished: Date(timeIntervalSince1970: Double(request.date().seconds)))
    }

    /// The images that a recipe builds on.
    private func images(of recipe: ImageRecipe, in source: String) -> [String] {
        guard case .dockerfile(let path, _, _) = recipe.build else { return recipe.base.map { [$0] } ?? [] }
        // It was read when the image was built, so it is there.
        let file = try? Self.contained(path, in: source)
        return file.flatMap { try? Self.dockerfile(at: $0).images } ?? []
    }

    /// What the image is made of: what the lockfiles of the tree list, and the packages of the base image.
    ///
    /// - Throws: ``ImageFault`` where a lockfile cannot be read: a list with gaps is none.
    func materials(
        of document: ManifestDocument, _ request: ImageBuildRequest, log: @Sendable (String) -> Void
    ) async throws -> BillOfMaterials {
        let (source, service) = (request.source, request.run.file.service)
        var components = try await FileWork().run { () throws -> [Component] in
            do throws(PipelineError) {
                return try DependencyScan(advisories: []).components(of: source, targets: []).components
            } catch { throw ImageFault(.image, "the SBOM cannot be made: \(error.message)") }
        }
        if request.recipe.base.map({ $0 != "scratch" }) ?? true {
            components += try await packages(of: document, request, log: log)
        }
        let bill = BillOfMaterials(
            of: .init(
                type: "container", name: service, version: request.run.spec.commit,
                digest: document.digest.description),
            components: components, toolVersion: "1")
        log("SBOM: \(bill.components.count) components")
        return bill
    }

    /// The packages that the image's own databases list.
    private func packages(
        of document: ManifestDocument, _ request: ImageBuildRequest, log: @Sendable (String) -> Void
    ) async throws -> [Component] {
        let image = try await settings.store.image(
            document.digest, platform: try Platform(parsing: request.recipe.platforms[0]))
        let folder = "\(request.scratch)/.slipway-ci/unpacked"
        let unpacked = try UnpackedImages(
            directory: folder, content: settings.store.content, form: .flat)
        let directories = try await unpacked.directories(of: image)
        let inventory = try await FileWork().run { () throws -> TreeInventory? in
            defer { try? FileWork.remove(folder) }
            return try directories.first.map { try TreeInventory(root: $0) }
        }
        for fault in inventory?.faults ?? [] { log("the SBOM lacks \(fault)") }
        return inventory?.components ?? []
    }
}
