import KubeModel
import Manifest
import Testing

struct ConditionsTests {
    let start = Timestamp(seconds: 1000)
    let later = Timestamp(seconds: 2000)

    @Test func `the time moves with the status alone`() {
        var conditions = Conditions()
        conditions.set(Condition(type: "Ready", status: .isFalse, reason: "Starting"), now: start)
        conditions.set(Condition(type: "Ready", status: .isFalse, reason: "Pulling"), now: later)
        #expect(conditions["Ready"]?.reason == "Pulling")
        #expect(conditions["Ready"]?.lastTransitionTime == start)
        conditions.set(Condition(type: "Ready", status: .isTrue, reason: "Up"), now: later)
        #expect(conditions["Ready"]?.lastTransitionTime == later)
        #expect(conditions.isTrue("Ready"))
    }

    @Test func `setting the same again changes nothing`() {
        var conditions = Conditions()
        let ready = Condition(type: "Ready", status: .isTrue, reason: "Up", message: "fine")
        let changes = [(4 as Int64, start), (4, later), (5, later)].map { generation, now in
            conditions.set(ready, generation: generation, now: now)
        }
        #expect(changes == [true, false, true])
        #expect(conditions["Ready"]?.observedGeneration == 5)
        #expect(conditions["Ready"]?.lastTransitionTime == start)
    }

    @Test func `entries keep their place and unknown fields`() {
        var object: Value = [
            "status": [
                "conditions": [
                    ["type": "A", "status": "True", "note": "x"], ["type": "B", "status": "True"],
                ]
            ]
        ]
        object.conditions.set(Condition(type: "A", status: .isFalse, reason: "Gone"), now: start)
        object.conditions.set(Condition(type: "C", status: .unknown, reason: "New"), now: start)
        #expect(object.conditions.items.map { $0["type"] } == ["A", "B", "C"])
        #expect(object.conditions.items[0]["note"] == "x")
        #expect(object.conditions.items[1] == ["type": "B", "status": "True"])
        let removals = (1...2).map { _ in object.conditions.remove("B") }
        #expect(removals == [true, false])
        #expect(object.conditions["B"] == nil)
    }

    @Test func `an object without conditions gets none by reading`() {
        var object: Value = ["kind": "X"]
        object.conditions.remove("A")
        #expect(object == ["kind": "X"])
    }

    @Test func `a time that is given is taken`() {
        var conditions = Conditions()
        let condition = Condition(
            type: "A", status: Condition.Status(true), reason: "R", lastTransitionTime: later)
        conditions.set(condition, now: start)
        #expect(conditions["A"]?.lastTransitionTime == later)
    }
}
