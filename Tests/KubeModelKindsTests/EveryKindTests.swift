import KubeModel
import Manifest
import Testing

/// What holds for all kinds alike.
@Suite struct EveryKindTests {
    @Test(arguments: Fixture.kinds) func `a good object has no faults`(_ kind: String) throws {
        #expect(try Fixture.faults(kind, "{}") == [])
    }

    @Test(arguments: Fixture.kinds) func `normalizing again changes nothing`(_ kind: String) throws {
        let (strategy, object) = (try Fixture.strategy(kind), try Fixture.created(kind))
        #expect(try strategy.normalized(object) == object)
    }

    @Test(arguments: Fixture.kinds) func `an update without a change changes nothing`(_ kind: String) throws {
        let (strategy, old) = (try Fixture.strategy(kind), try Fixture.created(kind))
        var object = old
        strategy.prepareForUpdate(&object, old: old, context: MaskedServer.context)
        #expect(object == old)
        #expect(strategy.validateUpdate(object, old: old) == [])
        strategy.prepareForStatusUpdate(&object, old: old)
        #expect(object == old)
        #expect(strategy.validateStatusUpdate(object, old: old) == [])
    }

    @Test(arguments: Fixture.kinds) func `a user cannot set the status`(_ kind: String) throws {
        guard try Fixture.strategy(kind).descriptor.hasStatus, kind != "Node" else { return }
        let patch = #"{"status":{"conditions":[{"type":"Mine","status":"True"}]}}"#
        #expect(try Fixture.created(kind, patch) == Fixture.created(kind))
    }

    @Test(arguments: Fixture.kinds) func `an object must have a name`(_ kind: String) throws {
        let errors = try Fixture.faults(kind, #"{"metadata":{"name":null}}"#)
        #expect(errors.contains("metadata.name: Required value: name or generateName is required"))
    }

    @Test(arguments: Fixture.kinds.filter { $0 != "Event" })
    func `a namespace must fit the kind`(_ kind: String) throws {
        if try Fixture.strategy(kind).descriptor.isNamespaced {
            let errors = try Fixture.faults(kind, #"{"metadata":{"namespace":null}}"#)
            #expect(errors.contains("metadata.namespace: Required value"))
        } else {
            let errors = try Fixture.faults(kind, #"{"metadata":{"namespace":"ns"}}"#)
            #expect(errors.contains("metadata.namespace: Forbidden: not allowed on this type"))
        }
    }

    @Test func `the catalog of schemas knows every kind`() throws {
        for kind in Fixture.kinds {
            #expect(SchemaCatalog.builtin.schema(for: try Fixture.strategy(kind).descriptor.kind) != nil)
        }
    }

    @Test func `a kind nobody knows has no strategy`() {
        #expect(BuiltinKinds.strategy(for: GroupVersionKind(apiVersion: "ex.com/v1", kind: "Pod")) == nil)
    }
}
