import KubeModel
import Manifest

extension REST {
    func get(_ context: RequestContext) throws(APIError) -> APIResponse {
        if case .revision(let revision) = try ResourceVersion(context.query.text("resourceVersion")) {
            let current = store.revision
            if current < revision { throw .tooLargeResourceVersion(revision, current: current) }
        }
        return try answer(try stored(context), context)
    }

    func list(_ context: RequestContext) throws(APIError) -> APIResponse {
        let options = try ListOptions(context.query, isWatch: false)
        let page = try ListPage(
            of: context.resource.storage.resource.description, in: store,
            selection: try selection(context, options), options: options)
        return try answer(page, context)
    }

    /// A page of a list in the form the client asked for.
    func answer(_ page: ListPage, _ context: RequestContext) throws(APIError) -> APIResponse {
        let renderer = context.renderer
        switch (context.form.shape, context.form.syntax, context.form.isPretty) {
        case (.object, .json, false):
            return response(bytes: try page.json(renderer), context)
        case (.object, _, _):
            let items = try page.objects.map { object throws(APIError) in try renderer.listItem(object) }
            let list: Value = [
                "kind": .string(context.resource.listKind),
                "apiVersion": .string(context.resource.apiVersion),
                "metadata": .object(page.metadata), "items": .array(items),
            ]
            return response(list, context)
        case (.partialMetadata, _, _):
            let items = try page.objects.map { object throws(APIError) in try renderer.value(object) }
            return response(PartialMetadata.list(items, metadata: page.metadata), context)
        case (.table, _, _):
            let items = try page.objects.map { object throws(APIError) in try renderer.value(object) }
            return response(
                tables.table(
                    of: items, resource: context.resource, metadata: .object(page.metadata),
                    include: try includeObject(context)), context)
        }
    }

    func watch(_ context: RequestContext) throws(APIError) -> APIResponse {
        guard context.form.syntax == .json else {
            throw .notAcceptable(supported: [AnswerForm.Syntax.json.rawValue])
        }
        let options = try ListOptions(context.query, isWatch: true)
        let resource = context.resource.storage.resource.description
        let stream = WatchStream(
            store: store, clock: clock, resource: resource, selection: try selection(context, options),
            start: try WatchStart(of: resource, in: store, options: options),
            allowsBookmarks: options.allowsBookmarks, timeout: options.timeout ?? Self.watchTimeout,
            encoder: WatchEventEncoder(
                renderer: context.renderer, shape: context.form.shape, tables: tables,
                include: try includeObject(context)))
        var response = response(bytes: [], context)
        response.body = .stream(stream)
        return response
    }

    /// The objects that a collection's request is about.
    func selection(_ context: RequestContext, _ options: ListOptions) throws(APIError) -> ObjectSelection {
        var fields = options.fieldSelector
        if !context.target.name.isEmpty, context.info.verb == "watch" {
            fields += (fields.isEmpty ? "" : ",") + "metadata.name=\(context.target.name)"
        }
        return try ObjectSelection(
            resource: context.resource,
            namespace: context.resource.isNamespaced ? context.target.namespace : "",
            labelSelector: options.labelSelector, fieldSelector: fields)
    }

    func includeObject(_ context: RequestContext) throws(APIError) -> TableRenderer.IncludeObject {
        let text = context.query.text("includeObject")
        if text.isEmpty { return .metadata }
        guard let include = TableRenderer.IncludeObject(rawValue: text) else {
            throw .badRequest("unrecognized includeObject value: \(GoFormat.quoted(text))")
        }
        return include
    }
}

// MARK: - Answers

extension REST {
    /// A stored object in the form the client asked for.
    func answer(
        _ object: StoredObject, _ context: RequestContext, status: Int = 200
    ) throws(APIError) -> APIResponse {
        if context.form.shape == .object, context.form.syntax == .json, !context.form.isPretty {
            var bytes: [UInt8] = []
            bytes.reserveCapacity(object.bytes.count + 32)
            try context.renderer.append(object, to: &bytes)
            return response(bytes: bytes, context, status: status)
        }
        return try answer(try context.renderer.value(object), context, status: status)
    }

    /// An object that is not, or not yet, in the store.
    func answer(_ object: Value, _ context: RequestContext, status: Int = 200) throws(APIError) -> APIResponse
    {
        switch context.form.shape {
        case .object: return response(object, context, status: status)
        case .partialMetadata: return response(PartialMetadata.object(object), context, status: status)
        case .table:
            let metadata: Value = ["resourceVersion": .string(object.metadata.resourceVersion)]
            let table = tables.table(
                of: [object], resource: context.resource, metadata: metadata,
                include: try includeObject(context))
            return response(table, context, status: status)
        }
    }

    /// Any document in the syntax the client asked for.
    func response(_ value: Value, _ context: RequestContext, status: Int = 200) -> APIResponse {
        response(bytes: context.form.encode(value), context, status: status)
    }

    private func response(bytes: [UInt8], _ context: RequestContext, status: Int = 200) -> APIResponse {
        var headers: APIHeaders = ["Content-Type": context.form.syntax.rawValue]
        for warning in context.warnings.all { headers.add("Warning", "299 - \(GoFormat.quoted(warning))") }
        return APIResponse(status: status, headers: headers, body: .bytes(bytes))
    }
}

extension AnswerForm {
    /// A document in this form's syntax.
    func encode(_ value: Value) -> [UInt8] {
        switch syntax {
        case .json:
            isPretty
                ? JSON.write(value, options: JSON.WriteOptions(indentation: 2)) + [UInt8(ascii: "\n")]
                : JSON.write(value)
        case .yaml: YAML.write(value)
        }
    }
}
