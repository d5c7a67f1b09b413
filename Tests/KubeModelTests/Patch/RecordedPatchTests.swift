import KubeModel
import Manifest
import Testing

/// Patches against what a Kubernetes API server answered to them.
struct RecordedPatchTests {
    /// The patched object without what the server itself keeps.
    private func content(_ object: Value) -> Value {
        var object = object
        object["status"] = nil
        for field in ["managedFields", "generation", "resourceVersion"] { object["metadata"]?[field] = nil }
        return object
    }

    @Test func `strategic merge patches give what the server gave`() throws {
        let conversation = try Conversation("strategic-merge-patch")
        let kind = GroupVersionKind(apiVersion: "apps/v1", kind: "Deployment")
        let schema = try #require(SchemaCatalog.builtin.schema(for: kind))
        var replayed = 0
        for (index, step) in conversation.steps.enumerated()
        where step.method == "PATCH" && step.status == 200 {
            let before = try #require(conversation.object(at: step.path, before: index))
            let result = content(try StrategicMergePatch.apply(step.body, to: before, schema: schema))
            #expect(result.isContained(in: content(step.answer)), "\(JSON.string(step.body))")
            replayed += 1
        }
        #expect(replayed == 12)
    }

    @Test func `merge patches give what the server gave`() throws {
        let conversation = try Conversation("merge-and-json-patch")
        var replayed = 0
        for (index, step) in conversation.steps.enumerated()
        where step.contentType == "application/merge-patch+json" && step.status == 200 {
            let before = try #require(conversation.object(at: step.path, before: index))
            #expect(content(try MergePatch.apply(step.body, to: before)) == content(step.answer))
            replayed += 1
        }
        #expect(replayed == 2)
    }

    @Test func `JSON patches give what the server gave`() throws {
        let conversation = try Conversation("merge-and-json-patch")
        var replayed = 0
        for (index, step) in conversation.steps.enumerated()
        where step.contentType == "application/json-patch+json" && step.body.arrayValue != nil {
            let before = try #require(conversation.object(at: step.path, before: index))
            replayed += 1
            do throws(KubeModelError) {
                let result = try JSONPatch(step.body).apply(to: before)
                #expect(step.status == 200)
                #expect(content(result) == content(step.answer))
            } catch {
                #expect(error.apiError.code == step.status)
                #expect(error.apiError.status.value == step.answer)
            }
        }
        #expect(replayed == 4)
    }
}
