/// What the container of a step runs.
enum StepCommand {
    /// The exit code of `timeout` for a program that took too long.
    static let timeoutCode: Int64 = 124

    /// The command of a step that is a script of the repository.
    ///
    /// `timeout` ends it together with all it has started; the controller's own clock is behind it for images that
    /// lack the program. Both streams are one from the start: a container runtime that carries them apart, as runc does,
    /// would show an error before what led to it.
    static func script(_ script: String, shell: String, timeout: Duration) -> [String] {
        let seconds = max(1, timeout.components.seconds)
        let options = shell == "bash" ? "-eo pipefail" : "-e"
        let wrapper = """
            exec 2>&1
            if command -v timeout >/dev/null 2>&1; then exec timeout -k 5 \(seconds) \(shell) \(options) -c "$0"; fi
            exec \(shell) \(options) -c "$0"
            """
        return ["sh", "-c", wrapper, script]
    }

    /// Semgrep over the work copy and, where that has findings and there is a base, over the base.
    ///
    /// - Parameters:
    ///   - rules: paths of rule folders as the container sees them.
    static func semgrep(_ program: String, rules: [String], base: String?) -> String {
        let configurations = rules.map { "--config \(CellManifest.quoted($0))" }.joined(separator: " ")
        let options =
            "scan --json --metrics=off --disable-version-check --no-git-ignore --quiet \(configurations)"
        var script = """
            export HOME="$PWD/.slipway-ci" SEMGREP_SEND_METRICS=off SEMGREP_ENABLE_VERSION_CHECK=0
            mkdir -p "$HOME"
            \(program) \(options) --exclude .slipway-ci --output "$HOME/head.json" .
            """
        if let base {
            script += """

                if grep -q '"check_id"' "$HOME/head.json"; then
                    cd \(CellManifest.quoted(base))
                    \(program) \(options) --output "$HOME/base.json" .
                fi
                """
        }
        return script
    }

    /// Trivy over paths of the work copy, with the database the machine has.
    static func trivy(_ program: String, targets: [String]) -> String {
        let target = targets.isEmpty ? "." : targets.map(CellManifest.quoted).joined(separator: " ")
        return """
            mkdir -p .slipway-ci
            for target in \(target); do
                \(program) fs --quiet --offline-scan --skip-db-update --skip-java-db-update --format json \\
                    --list-all-pkgs --output ".slipway-ci/trivy-$(echo "$target" | tr / _).json" "$target"
            done
            """
    }

    /// Grype over paths of the work copy, with the database the machine has.
    static func grype(_ program: String, targets: [String]) -> String {
        let target = targets.isEmpty ? "." : targets.map(CellManifest.quoted).joined(separator: " ")
        return """
            mkdir -p .slipway-ci
            export GRYPE_DB_AUTO_UPDATE=false GRYPE_CHECK_FOR_APP_UPDATE=false
            for target in \(target); do
                kind=dir; [ -d "$target" ] || kind=file
                \(program) --quiet --output json --file ".slipway-ci/grype-$(echo "$target" | tr / _).json" "$kind:$target"
            done
            """
    }
}
