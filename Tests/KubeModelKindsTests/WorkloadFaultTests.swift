import KubeModel
import Manifest
import Testing

/// What is wrong with the kinds that run pods.
@Suite struct WorkloadFaultTests {
    static let apps: [Faulty] = [
        Faulty(
            "Deployment", #"{"spec":{"selector":null}}"#,
            "spec.selector: Required value",
            #"spec.template.metadata.labels: Invalid value: {"app":"a"}: `selector` does not match template `labels`"#
        ),
        Faulty(
            "Deployment", #"{"spec":{"selector":{"matchLabels":null}}}"#,
            "spec.selector: Invalid value: {}: empty selector is invalid for deployment"),
        Faulty(
            "Deployment", #"{"spec":{"selector":{"matchLabels":{"app":"b"}}}}"#,
            #"spec.template.metadata.labels: Invalid value: {"app":"a"}: `selector` does not match template `labels`"#
        ),
        Faulty(
            "Deployment", #"{"spec":{"replicas":-1,"minReadySeconds":-1,"revisionHistoryLimit":-1}}"#,
            "spec.replicas: Invalid value: -1: must be greater than or equal to 0",
            "spec.minReadySeconds: Invalid value: -1: must be greater than or equal to 0",
            "spec.revisionHistoryLimit: Invalid value: -1: must be greater than or equal to 0"),
        Faulty(
            "Deployment", #"{"spec":{"progressDeadlineSeconds":10,"minReadySeconds":10}}"#,
            "spec.progressDeadlineSeconds: Invalid value: 10: must be greater than minReadySeconds"),
        Faulty(
            "Deployment", #"{"spec":{"strategy":{"type":"BlueGreen"}}}"#,
            #"spec.strategy: Unsupported value: {"Type":"BlueGreen","RollingUpdate":null}: supported values: "Recreate", "RollingUpdate""#
        ),
        Faulty(
            "Deployment", #"{"spec":{"strategy":{"type":"Recreate","rollingUpdate":{"maxSurge":1}}}}"#,
            "spec.strategy.rollingUpdate: Forbidden: may not be specified when strategy `type` is 'Recreate'"
        ),
        Faulty(
            "Deployment", #"{"spec":{"strategy":{"rollingUpdate":{"maxSurge":0,"maxUnavailable":0}}}}"#,
            "spec.strategy.rollingUpdate.maxUnavailable: Invalid value: 0: may not be 0 when `maxSurge` is 0"
        ),
        Faulty(
            "Deployment",
            #"{"spec":{"strategy":{"rollingUpdate":{"maxSurge":"a","maxUnavailable":"101%"}}}}"#,
            #"spec.strategy.rollingUpdate.maxSurge: Invalid value: "a": a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')"#,
            #"spec.strategy.rollingUpdate.maxUnavailable: Invalid value: "101%": must not be greater than 100%"#
        ),
        Faulty(
            "Deployment", #"{"spec":{"template":{"spec":{"restartPolicy":"Never"}}}}"#,
            #"spec.template.spec.restartPolicy: Unsupported value: "Never": supported values: "Always""#),
        Faulty(
            "Deployment", #"{"spec":{"template":{"spec":{"activeDeadlineSeconds":5}}}}"#,
            "spec.template.spec.activeDeadlineSeconds: Forbidden: activeDeadlineSeconds in ReplicaSet is not Supported"
        ),
        Faulty(
            "ReplicaSet", #"{"spec":{"selector":{"matchLabels":null}}}"#,
            "spec.selector: Invalid value: {}: empty selector is invalid for deployment"),
        Faulty(
            "ReplicaSet", #"{"spec":{"replicas":-2}}"#,
            "spec.replicas: Invalid value: -2: must be greater than or equal to 0"),
        Faulty(
            "StatefulSet", #"{"spec":{"updateStrategy":{"type":"Never"},"podManagementPolicy":"Some"}}"#,
            #"spec.podManagementPolicy: Invalid value: "Some": must be 'OrderedReady' or 'Parallel'"#,
            #"spec.updateStrategy: Invalid value: {"Type":"Never","RollingUpdate":null}: must be 'RollingUpdate' or 'OnDelete'"#
        ),
        Faulty(
            "StatefulSet", #"{"spec":{"updateStrategy":{"rollingUpdate":{"partition":-1}}}}"#,
            "spec.updateStrategy.rollingUpdate.partition: Invalid value: -1: must be greater than or equal to 0"
        ),
        Faulty(
            "StatefulSet", #"{"spec":{"ordinals":{"start":-1}}}"#,
            "spec.ordinals.start: Invalid value: -1: must be greater than or equal to 0"),
        Faulty(
            "DaemonSet", #"{"spec":{"updateStrategy":{"type":"Never"}}}"#,
            #"spec.updateStrategy: Unsupported value: {"Type":"Never","RollingUpdate":null}: supported values: "RollingUpdate", "OnDelete""#
        ),
        Faulty(
            "DaemonSet", #"{"spec":{"updateStrategy":{"rollingUpdate":{"maxSurge":0,"maxUnavailable":0}}}}"#,
            "spec.updateStrategy.rollingUpdate.maxUnavailable: Required value: cannot be 0 when maxSurge is 0"
        ),
        Faulty(
            "DaemonSet", #"{"spec":{"selector":{"matchLabels":{"app":"b"}}}}"#,
            #"spec.template.metadata.labels: Invalid value: {"app":"a"}: `selector` does not match template `labels`"#
        ),
        Faulty(
            "ReplicationController", #"{"spec":{"template":null}}"#, "spec.selector: Required value",
            "spec.template: Required value"),
        Faulty(
            "ControllerRevision", #"{"revision":-1}"#,
            "revision: Invalid value: -1: must be greater than or equal to 0"),
    ]

    static let batch: [Faulty] = [
        Faulty(
            "Job", #"{"spec":{"template":{"spec":{"restartPolicy":null}}}}"#,
            #"spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never""#),
        Faulty(
            "Job", #"{"spec":{"template":{"spec":{"restartPolicy":"Always"}}}}"#,
            #"spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never""#
        ),
        Faulty(
            "Job",
            #"{"spec":{"parallelism":-1,"completions":-1,"backoffLimit":-1,"activeDeadlineSeconds":-1}}"#,
            "spec.parallelism: Invalid value: -1: must be greater than or equal to 0",
            "spec.completions: Invalid value: -1: must be greater than or equal to 0",
            "spec.activeDeadlineSeconds: Invalid value: -1: must be greater than or equal to 0",
            "spec.backoffLimit: Invalid value: -1: must be greater than or equal to 0"),
        Faulty(
            "Job", #"{"spec":{"completionMode":"Indexed","parallelism":2}}"#,
            "spec.completions: Required value: when completion mode is Indexed"),
        Faulty(
            "Job", #"{"spec":{"ttlSecondsAfterFinished":-1}}"#,
            "spec.ttlSecondsAfterFinished: Invalid value: -1: must be greater than or equal to 0"),
        Faulty(
            "Job",
            #"{"spec":{"podFailurePolicy":{"rules":[{"action":"Run","onExitCodes":{"operator":"In","values":[0]}}]}}}"#,
            #"spec.podFailurePolicy.rules[0].action: Unsupported value: "Run": supported values: "Count", "FailIndex", "FailJob", "Ignore""#,
            "spec.podFailurePolicy.rules[0].onExitCodes.values[0]: Invalid value: 0: must not be 0 for the In operator"
        ),
        Faulty("CronJob", #"{"spec":{"schedule":""}}"#, "spec.schedule: Required value"),
        Faulty(
            "CronJob", #"{"spec":{"schedule":"a b"}}"#,
            #"spec.schedule: Invalid value: "a b": expected exactly 5 fields, found 2: [a b]"#),
        Faulty(
            "CronJob", #"{"spec":{"schedule":"60 * * * *"}}"#,
            #"spec.schedule: Invalid value: "60 * * * *": end of range (60) above maximum (59): 60"#),
        Faulty(
            "CronJob", #"{"spec":{"schedule":"TZ=UTC 0 * * * *"}}"#,
            #"spec.schedule: Invalid value: "TZ=UTC 0 * * * *": cannot use TZ or CRON_TZ in schedule, use timeZone field instead"#
        ),
        Faulty(
            "CronJob", #"{"spec":{"concurrencyPolicy":"Twice","successfulJobsHistoryLimit":-1}}"#,
            #"spec.concurrencyPolicy: Unsupported value: "Twice": supported values: "Allow", "Forbid", "Replace""#,
            "spec.successfulJobsHistoryLimit: Invalid value: -1: must be greater than or equal to 0"),
        Faulty(
            "CronJob", #"{"spec":{"timeZone":""}}"#,
            #"spec.timeZone: Invalid value: "": timeZone must be nil or non-empty string"#),
        Faulty(
            "CronJob", #"{"metadata":{"name":"a123456789012345678901234567890123456789012345678901"}}"#),
        Faulty(
            "CronJob", #"{"metadata":{"name":"a1234567890123456789012345678901234567890123456789012"}}"#,
            #"metadata.name: Invalid value: "a1234567890123456789012345678901234567890123456789012": must be no more than 52 characters"#
        ),
        Faulty(
            "CronJob", #"{"spec":{"jobTemplate":{"spec":{"template":{"spec":{"restartPolicy":null}}}}}}"#,
            #"spec.jobTemplate.spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never""#
        ),
    ]

    @Test(arguments: apps + batch)
    func `faults are told as a server tells them`(_ row: Faulty) throws {
        let errors = try Fixture.faults(row.kind, row.patch)
        #expect(errors == row.errors)
    }

    @Test(arguments: [
        "@hourly", "@every 1h30m", "0 0 1 1 *", "*/5 1-5,7 * JAN-MAR MON-FRI", "? * * * SUN",
        "0-30/10 * * * 0",
    ])
    func `a schedule of cron is fine`(_ schedule: String) throws {
        #expect(try Fixture.faults("CronJob", #"{"spec":{"schedule":"\#(schedule)"}}"#) == [])
    }

    @Test(arguments: [
        ("@never", "unrecognized descriptor: @never"),
        ("@every x", #"failed to parse duration @every x: time: invalid duration "x""#),
        ("5-1 * * * *", "beginning of range (5) beyond end of range (1): 5-1"),
        ("*/0 * * * *", "step of range should be a positive number: */0"),
        ("* * 0 * *", "beginning of range (0) below minimum (1): 0"),
        ("* * * FOO *", #"failed to parse int from FOO: strconv.Atoi: parsing "FOO": invalid syntax"#),
        ("1-2-3 * * * *", "too many hyphens: 1-2-3"), ("1/2/3 * * * *", "too many slashes: 1/2/3"),
    ])
    func `a schedule that cron cannot read is refused`(_ schedule: String, _ reason: String) throws {
        let errors = try Fixture.faults("CronJob", #"{"spec":{"schedule":"\#(schedule)"}}"#)
        #expect(errors == [#"spec.schedule: Invalid value: "\#(schedule)": \#(reason)"#])
    }
}
