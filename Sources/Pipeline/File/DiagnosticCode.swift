/// Names a fault of a pipeline file; a code never changes its meaning.
public enum DiagnosticCode: String, Sendable, Hashable, Codable, CaseIterable {
    /// The file is not UTF-8, empty, or larger than 256 KiB.
    case e101 = "E101"
    /// The file is not YAML.
    case e102 = "E102"
    /// A key stands twice in one mapping.
    case e103 = "E103"
    /// A custom tag, or aliases that expand to too much.
    case e104 = "E104"
    /// A key that nobody reads.
    case e105 = "E105"
    /// A value of the wrong type or form.
    case e106 = "E106"
    /// `version` is missing or not 1.
    case e107 = "E107"
    /// `service` is missing or no DNS label.
    case e108 = "E108"
    /// An unquoted value that YAML 1.1 tools read differently.
    case e109 = "E109"
    /// A key of a later version of Slipway.
    case e110 = "E110"
    /// More steps, services or secrets than a run can have.
    case e111 = "E111"
    /// A gate is missing.
    case e201 = "E201"
    /// A gate or stage that does not exist.
    case e202 = "E202"
    /// A gate has no steps.
    case e203 = "E203"
    /// All steps of a gate are advisory.
    case e204 = "E204"
    /// `needs` names a step of another gate.
    case e205 = "E205"
    /// `needs` names a step that does not exist.
    case e206 = "E206"
    /// Steps need each other in a circle.
    case e207 = "E207"
    /// A step has a name that is taken or not valid.
    case e208 = "E208"
    /// A key that would let a failure pass.
    case e209 = "E209"
    /// A step has both or neither of `run` and `use`.
    case e210 = "E210"
    /// A required step needs an advisory one.
    case e211 = "E211"
    /// The `test` gate has no JUnit report.
    case e212 = "E212"
    /// The `security` gate lacks static analysis or a dependency scan.
    case e213 = "E213"
    /// The `build` gate has no `image`.
    case e214 = "E214"
    /// An image is not pinned by its digest.
    case e301 = "E301"
    /// An image comes from a registry that is not allowed.
    case e302 = "E302"
    /// An image has the tag `latest`.
    case e303 = "E303"
    /// A timeout is over the limit.
    case e304 = "E304"
    /// Resources are over the limit.
    case e305 = "E305"
    /// `retry` repeats more than failures of the machinery, or more than three times.
    case e306 = "E306"
    /// A built-in step that does not exist.
    case e307 = "E307"
    /// An option that a built-in step does not have, or without a usable value.
    case e308 = "E308"
    /// A shell that is not supported.
    case e313 = "E313"
    /// A path that is absolute or leaves the tree.
    case e314 = "E314"
    /// A report pattern that leaves the work copy.
    case e315 = "E315"
    /// Two outputs have one name.
    case e316 = "E316"
    /// An output is used that no required step makes.
    case e317 = "E317"
    /// A host that steps may not reach.
    case e318 = "E318"
    /// A key that would break out of the cell.
    case e319 = "E319"
    /// A variable whose name is reserved.
    case e320 = "E320"
    /// A secret in plain text.
    case e321 = "E321"
    /// A service that is not declared.
    case e401 = "E401"
    /// A service has no `ready`.
    case e402 = "E402"
    /// `ready` has none or several of `exec`, `tcp`, `http` and `sql`.
    case e403 = "E403"
    /// A probe looks too often or waits too long.
    case e404 = "E404"
    /// A port is missing, not valid, or taken by another service.
    case e405 = "E405"
    /// A service has a name that is reserved or not valid.
    case e406 = "E406"
    /// `provides` has a name that is taken or a placeholder that does not exist.
    case e407 = "E407"
    /// A password is written into the file.
    case e408 = "E408"
    /// `isolate` asks for what the service cannot do.
    case e409 = "E409"
    /// A service that no step uses.
    case e410 = "E410"
    /// A list of paths is empty.
    case e501 = "E501"
    /// An artifact is kept for too long.
    case e506 = "E506"
    /// A secret that is not declared.
    case e601 = "E601"
    /// A secret that the control plane does not have.
    case e602 = "E602"
    /// A secret is used in a step that it is not declared for.
    case e603 = "E603"
    /// A secret is used as a build argument.
    case e604 = "E604"
    /// A run is not trusted enough for a secret.
    case e605 = "E605"
    /// A secret is too short to be masked.
    case e606 = "E606"
    /// A secret that no step uses.
    case e607 = "E607"
    /// A tag is given; the tag is always the commit.
    case e701 = "E701"
    /// The repository of the image is missing, has a tag, or is not valid.
    case e702 = "E702"
    /// The base of the image is not pinned by its digest.
    case e703 = "E703"
    /// The image has both or neither of `layers` and `dockerfile`.
    case e705 = "E705"
    /// A layer's source does not exist.
    case e706 = "E706"
    /// Two layers write one path.
    case e707 = "E707"
    /// A platform that images cannot be made for.
    case e708 = "E708"
    /// The image's user is missing or root.
    case e709 = "E709"
    /// The size limit is above what is allowed.
    case e710 = "E710"
    /// `entrypoint` is a shell line instead of a list.
    case e711 = "E711"
    /// The Dockerfile is not reproducible or holds a secret.
    case e712 = "E712"
    /// The image has no `verify`.
    case e713 = "E713"
    /// A threshold is looser than the installation's.
    case e801 = "E801"
    /// An ignore lacks id, scope, reason, owner or expiry.
    case e802 = "E802"
    /// An ignore runs for too long.
    case e803 = "E803"
    /// An ignore has expired.
    case e804 = "E804"
    /// An ignore matches nothing.
    case e805 = "E805"
    /// An ignore has a pattern for an id.
    case e806 = "E806"
    /// An ignore is for a vulnerability known to be exploited.
    case e807 = "E807"
    /// Rules that are not part of the tree or the project.
    case e808 = "E808"
    /// A severity that does not exist.
    case e809 = "E809"
}
