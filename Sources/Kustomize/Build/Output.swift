/// What is done last: objects that serve the build only are dropped, the rest is sorted and cleaned.
struct Output {
    let file: KustomizationFile
    let options: Kustomization.Options

    func prepare(_ resources: ResourceMap) throws(KustomizeError) {
        for resource in resources.resources where !resource.isEmpty {
            try ResourceReader.checkMetadata(of: resource.node)
        }
        resources.filter { resource in
            guard !resource.isEmpty else { return false }
            let mark = resource.annotation(BuildAnnotation.localConfig)
            return mark == nil || mark == "false"
        }
        if let sort = file.sortOptions {
            try SortOrderTransformer(options: sort).transform(resources)
        } else if options.order == .legacy {
            try SortOrderTransformer.legacy.transform(resources)
        }
        if options.addsManagedByLabel || file.buildMetadata.contains("managedByLabel") {
            let label = MapEntriesTransformer(
                entries: ["app.kubernetes.io/managed-by": "kustomize-v5.8.1"],
                specs: [FieldSpec("metadata/labels", creates: true)])
            try label.transform(resources)
        }
        let keepsOrigin = file.buildMetadata.contains("originAnnotations")
        let keepsTransformations = file.buildMetadata.contains("transformerAnnotations")
        for resource in resources.resources {
            try resource.removeAnnotations { name in
                BuildAnnotation.contains(name) || (name == BuildAnnotation.origin && !keepsOrigin)
                    || (name == BuildAnnotation.transformations && !keepsTransformations)
            }
        }
    }
}
