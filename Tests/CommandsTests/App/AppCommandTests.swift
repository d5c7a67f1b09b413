import KubeClient
import KubeModel
import TestSupport
import Testing

@Suite struct AppCommandTests {
    private static func map(_ text: String) -> [String: String] {
        ["shop/map.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: map}\ndata: {key: \(text)}\n"]
    }

    @Test func `an application is made, looked at, synced, rolled back and deleted from a terminal`()
        async throws
    {
        try await ApplicationServer.run { server in
            let first = try await server.repository.commit("One", Self.map("one"))
            let created = try await server.slipway(
                "app create shop --repo \(ApplicationServer.url) --path shop --revision main "
                    + "--dest-namespace shop --create-namespace --automated --prune --self-heal")
            #expect(created.output == "application shop created\n", "\(created.error)")
            let again = try await server.slipway("app create shop --repo \(ApplicationServer.url)")
            #expect(again.code == 2 && again.error.contains("already exists"), "\(again.error)")
            let waited = try await server.slipway("app wait shop --revision \(first.prefix(8))")
            #expect(waited.code == 0, "\(waited.error)")

            let list = try await server.slipway("app list")
            #expect(
                list.output.contains("shop   default   Synced   Healthy   \(first.prefix(10))"),
                "\(list.output)")
            let shown = try await server.slipway("app get shop")
            #expect(shown.output.contains("Sync:         Synced to \(first.prefix(10))"), "\(shown.output)")
            #expect(shown.output.contains("ConfigMap   shop        map"), "\(shown.output)")
            #expect(
                try await server.slipway("app get shop -o json").output.contains("\"kind\": \"Application\""))
            let tree = try await server.slipway("app tree shop")
            #expect(tree.output.hasPrefix("Application/shop\n└── ConfigMap/map  Synced"), "\(tree.output)")

            let same = try await server.slipway("app diff shop --repository config")
            #expect(same.code == 0 && same.output.isEmpty, "\(same.error)")
            let second = try await server.repository.commit("Two", Self.map("two"))
            let differs = try await server.slipway("app diff shop --repository config --server-side")
            #expect(
                differs.code == 1 && differs.output.contains("-  key: one\n+  key: two"), "\(differs.output)")

            let refreshed = try await server.slipway("app refresh shop")
            #expect(refreshed.code == 0, "\(refreshed.error)")
            let caughtUp = try await server.slipway("app wait shop --revision \(second)")
            #expect(caughtUp.code == 0, "\(caughtUp.error)")
            let tried = try await server.slipway("app sync shop --dry-run")
            #expect(tried.code == 0, "\(tried.error)")

            let back = try await server.slipway("app rollback shop")
            #expect(
                back.output == "shop goes back from \(second.prefix(10)) to \(first.prefix(10)).\n",
                "\(back.error)")
            let returned = try await server.slipway("app wait shop --revision \(first)")
            #expect(returned.code == 0, "\(returned.error)")
            let pinned = try await server.slipway("app get shop")
            #expect(
                pinned.output.contains(
                    "Rollback:     stays at \(first.prefix(10)), \(second.prefix(10)) is in quarantine"),
                "\(pinned.output)")
            let history = try await server.slipway("app history shop")
            #expect(history.output.contains(second) && history.output.contains("ada"), "\(history.output)")

            let deleted = try await server.slipway("app delete shop")
            #expect(deleted.output == "application shop deleted\n", "\(deleted.error)")
        }
    }

    @Test func `what cannot be done is told in a sentence, and by the exit code`() async throws {
        try await ApplicationServer.run { server in
            for verb in ["get", "tree", "diff", "sync", "wait", "history", "rollback", "delete", "refresh"] {
                let outcome = try await server.slipway("app \(verb) nothing")
                #expect(outcome.code == (verb == "diff" ? 2 : 1), "\(verb): \(outcome.code) \(outcome.error)")
                #expect(
                    outcome.error.contains("there is no application nothing in namespace slipway"),
                    "\(verb): \(outcome.error)")
                #expect(outcome.output.isEmpty)
            }
            let name = try await server.slipway("app create Not_A_Name --repo x")
            #expect(name.code == 2 && name.error.contains("Not_A_Name"), "\(name.error)")
            for command in [
                "app create", "app get", "app get a -o xml", "app wait a --timeout 0",
                "app sync a --timeout -1",
                "app rollback a b", "controller", "controller --roles nothing",
                "controller --roles gitops --poll 0",
            ] {
                let outcome = try await server.slipway(command)
                #expect(outcome.code == 64, "\(command): \(outcome.code)")
                #expect(outcome.output.isEmpty && !outcome.error.isEmpty)
            }
            let empty = try await server.slipway("app list")
            #expect(empty.code == 0 && empty.error.contains("slipway app create"), "\(empty.error)")
            let nowhere = try await server.slipway("app list --kubeconfig missing")
            #expect(nowhere.code == 2 && nowhere.error.contains("missing"), "\(nowhere.error)")
            let context = try await server.slipway("app list --context other")
            #expect(context.code == 2 && context.error.contains("other"), "\(context.error)")

            // A sync that fails says where, and ends with 2.
            try await server.repository.commit(
                "Bad", ["bad/a.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: Not_A_Name}\n"])
            _ = try await server.slipway(
                "app create bad --repo \(ApplicationServer.url) --path bad --create-namespace")
            let failed = try await server.slipway("app sync bad")
            #expect(failed.code == 2 && failed.error.contains("nothing was changed"), "\(failed.error)")
            #expect(failed.output.contains("The last sync failed at:\n  ConfigMap/default/Not_A_Name"))
            let history = try await server.slipway("app history bad")
            #expect(history.error.contains("has not been synced yet"))
            let rollback = try await server.slipway("app rollback bad 7")
            #expect(rollback.code == 1 && rollback.error.contains("no entry 7"), "\(rollback.error)")
            let outside = try await server.slipway("app diff bad --repository /")
            #expect(outside.code == 2 && outside.error.contains("no git repository"), "\(outside.error)")
            let unknown = try await server.slipway("app diff bad --repository config --revision none")
            #expect(unknown.code == 2 && unknown.error.contains("none"), "\(unknown.error)")
        }
    }

    @Test func `a sync that deletes much is approved from a terminal, at once or while it waits`()
        async throws
    {
        try await ApplicationServer.run { server in
            let maps = (0..<13).map { "shop/map\($0).yaml" }
            var files: [String: String] = [:]
            for (number, path) in maps.enumerated() {
                files[path] = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: map\(number)}\n"
            }
            try await server.repository.commit("Many", files)
            _ = try await server.slipway(
                "app create shop --repo \(ApplicationServer.url) --path shop --revision main "
                    + "--dest-namespace shop --create-namespace")
            let synced = try await server.slipway("app sync shop")
            #expect(synced.code == 0, "\(synced.error)")

            for path in maps.prefix(5) { try await server.repository("rm", "--quiet", path) }
            let fewer = try await server.repository.commit("Fewer", ["README": "fewer"])
            let atOnce = try await server.slipway("app sync shop --prune --approve --revision \(fewer)")
            #expect(atOnce.code == 0, "\(atOnce.error)")
            let left = try await server.client.listAll(.configMaps, namespace: "shop")
            #expect(left.count == 8)

            for path in maps.dropFirst(5).prefix(4) { try await server.repository("rm", "--quiet", path) }
            let few = try await server.repository.commit("Few", ["README": "few"])
            let asked = try await server.slipway("app sync shop --prune --async --revision \(few)")
            #expect(asked.code == 0, "\(asked.error)")
            let approved = try await server.slipway("app sync shop --approve")
            #expect(approved.code == 0, "\(approved.error)")
            #expect(try await server.client.listAll(.configMaps, namespace: "shop").count == 4)
        }
    }

    @Test func `a cluster that does not know applications says what to do`() async throws {
        try await ApplicationServer.run(controls: false) { server in
            for command in ["app list", "app create shop --repo x"] {
                let outcome = try await server.slipway(command)
                #expect(outcome.code == 1, "\(command): \(outcome.code)")
                #expect(outcome.error.contains("slipway controller --roles gitops"), "\(outcome.error)")
            }
        }
    }
}
