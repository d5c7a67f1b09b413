/// The environment of a run: fixed, plus what the run itself asks for.
struct GitEnvironment {
    private(set) var variables: [String: String] = [
        "HOME": "/nonexistent",
        "LC_ALL": "C",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": "/dev/null",
        "GIT_CONFIG_SYSTEM": "/dev/null",
        "GIT_ATTR_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_ASKPASS": "/bin/false",
        "SSH_ASKPASS": "/bin/false",
        "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_PAGER": "cat",
        "GIT_EDITOR": "false",
        "GIT_ALLOW_PROTOCOL": "none",
        "GIT_AUTHOR_NAME": "Slipway",
        "GIT_AUTHOR_EMAIL": "slipway@localhost",
        "GIT_COMMITTER_NAME": "Slipway",
        "GIT_COMMITTER_EMAIL": "slipway@localhost",
    ]

    /// What outranks the configuration of a repository, which others may have written.
    private static let settings: [(String, String)] = [
        ("core.hooksPath", "/dev/null"),
        ("core.attributesFile", "/dev/null"),
        ("core.fsmonitor", "false"),
        ("core.askPass", "/bin/false"),
        ("credential.helper", ""),
        ("gc.auto", "0"),
        ("maintenance.auto", "false"),
        ("safe.directory", "*"),
        ("protocol.version", "2"),
    ]

    init(of invocation: GitInvocation, by program: GitProgram) {
        variables["PATH"] = "\(program.folder):/usr/local/bin:/usr/bin:/bin"
        for (name, value) in invocation.environment { variables[name] = value }
        var settings = Self.settings
        if program.isDurable {
            settings.append(("core.fsync", "committed,reference"))
            settings.append(("core.fsyncMethod", "batch"))
        } else {
            settings.append(("core.fsync", "none"))
        }
        settings += invocation.settings
        // Through the environment, as command lines can be read by every user of the machine.
        variables["GIT_CONFIG_COUNT"] = String(settings.count)
        for (place, setting) in settings.enumerated() {
            variables["GIT_CONFIG_KEY_\(place)"] = setting.0
            variables["GIT_CONFIG_VALUE_\(place)"] = setting.1
        }
    }
}
