import KubeModel
import Manifest
import Testing

/// What is wrong with a pod, its containers and its volumes.
@Suite struct PodFaultTests {
    static let containers: [Faulty] = [
        Faulty("Pod", #"{"spec":{"containers":null}}"#, "spec.containers: Required value"),
        Faulty(
            "Pod", #"{"spec":{"containers":[{"image":"a"}]}}"#,
            "spec.containers[0].name: Required value"),
        Faulty(
            "Pod", #"{"spec":{"containers":[{"name":"c"}]}}"#,
            "spec.containers[0].image: Required value"),
        Faulty(
            "Pod", #"{"spec":{"containers":[{"name":"c","image":" a"}]}}"#,
            #"spec.containers[0].image: Invalid value: " a": must not have leading or trailing whitespace"#),
        Faulty(
            "Pod", #"{"spec":{"containers":[{"name":"c","image":"a"},{"name":"c","image":"b"}]}}"#,
            #"spec.containers[1].name: Duplicate value: "c""#),
        Faulty(
            "Pod", #"{"spec":{"initContainers":[{"name":"c","image":"a"}]}}"#,
            #"spec.initContainers[0].name: Duplicate value: "c""#),
        Faulty(
            "Pod", #"{"spec":{"containers":[{"name":"C","image":"a"}]}}"#,
            #"spec.containers[0].name: Invalid value: "C": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"#
        ),
        Faulty(
            "Pod", #"{"spec":{"containers":[{"name":"c","image":"a","imagePullPolicy":"Sometimes"}]}}"#,
            #"spec.containers[0].imagePullPolicy: Unsupported value: "Sometimes": supported values: "Always", "IfNotPresent", "Never""#
        ),
        Faulty(
            "Pod", #"{"spec":{"containers":[{"name":"c","image":"a","terminationMessagePolicy":"Print"}]}}"#,
            #"spec.containers[0].terminationMessagePolicy: Unsupported value: "Print": supported values: "File", "FallbackToLogsOnError""#
        ),
        Faulty(
            "Pod",
            #"{"spec":{"containers":[{"name":"c","image":"a","ports":[{"containerPort":0},{"containerPort":70000},{"name":"Web","containerPort":1,"protocol":"X"},{"name":"a","containerPort":2},{"name":"a","containerPort":3,"hostPort":-1}]}]}}"#,
            "spec.containers[0].ports[0].containerPort: Required value",
            "spec.containers[0].ports[1].containerPort: Invalid value: 70000: must be between 1 and 65535, inclusive",
            #"spec.containers[0].ports[2].name: Invalid value: "Web": must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)"#,
            #"spec.containers[0].ports[2].protocol: Unsupported value: "X": supported values: "SCTP", "TCP", "UDP""#,
            #"spec.containers[0].ports[4].name: Duplicate value: "a""#,
            "spec.containers[0].ports[4].hostPort: Invalid value: -1: must be between 1 and 65535, inclusive"
        ),
        Faulty(
            "Pod",
            #"{"spec":{"containers":[{"name":"c","image":"a","ports":[{"containerPort":1,"hostPort":80}]},{"name":"d","image":"a","ports":[{"containerPort":2,"hostPort":80}]}]}}"#,
            #"spec.containers[1].ports[0].hostPort: Duplicate value: "TCP//80""#
        ),
        Faulty(
            "Pod",
            #"{"spec":{"hostNetwork":true,"containers":[{"name":"c","image":"a","ports":[{"containerPort":1,"hostPort":80}]}]}}"#,
            "spec.containers[0].ports[0].hostPort: Invalid value: 80: must match `containerPort` when `hostNetwork` is true"
        ),
    ]

    static let environment: [Faulty] = [
        Faulty(
            "Pod", #"{"spec":{"containers":[{"name":"c","image":"a","env":[{"value":"1"}]}]}}"#,
            "spec.containers[0].env[0].name: Required value"),
        Faulty(
            "Pod", #"{"spec":{"containers":[{"name":"c","image":"a","env":[{"name":"A=B","value":"1"}]}]}}"#,
            #"spec.containers[0].env[0].name: Invalid value: "A=B": a valid environment variable name must consist only of printable ASCII characters other than '='"#
        ),
        Faulty(
            "Pod",
            #"{"spec":{"containers":[{"name":"c","image":"a","env":[{"name":"A","value":"1","valueFrom":{"secretKeyRef":{"name":"s","key":"k"}}}]}]}}"#,
            #"spec.containers[0].env[0].valueFrom: Invalid value: "": may not be specified when `value` is not empty"#
        ),
        Faulty(
            "Pod",
            #"{"spec":{"containers":[{"name":"c","image":"a","env":[{"name":"A","valueFrom":{"secretKeyRef":{"name":"s"}}}]}]}}"#,
            "spec.containers[0].env[0].valueFrom.secretKeyRef.key: Required value"
        ),
        Faulty(
            "Pod",
            #"{"spec":{"containers":[{"name":"c","image":"a","env":[{"name":"A","valueFrom":{"fieldRef":{"fieldPath":"spec.image"}}}]}]}}"#,
            #"spec.containers[0].env[0].valueFrom.fieldRef.fieldPath: Invalid value: "spec.image": error converting fieldPath: field label not supported: spec.image"#
        ),
        Faulty(
            "Pod",
            #"{"spec":{"containers":[{"name":"c","image":"a","envFrom":[{}]}]}}"#,
            #"spec.containers[0].envFrom: Invalid value: "": must specify one of: `configMapRef` or `secretRef`"#
        ),
    ]

    static let mounts: [Faulty] = [
        Faulty(
            "Pod",
            #"{"spec":{"containers":[{"name":"c","image":"a","volumeMounts":[{"name":"v","mountPath":"/a"}]}]}}"#,
            #"spec.containers[0].volumeMounts[0].name: Not found: "v""#
        ),
        Faulty(
            "Pod",
            #"{"spec":{"volumes":[{"name":"v"},{"name":"w"}],"containers":[{"name":"c","image":"a","volumeMounts":[{"name":"v","mountPath":"/a"},{"name":"w","mountPath":"/a"},{"name":"w"}]}]}}"#,
            #"spec.containers[0].volumeMounts[1].mountPath: Invalid value: "/a": must be unique"#,
            "spec.containers[0].volumeMounts[2].mountPath: Required value"
        ),
        Faulty(
            "Pod",
            #"{"spec":{"volumes":[{"name":"v"}],"containers":[{"name":"c","image":"a","volumeMounts":[{"name":"v","mountPath":"/a","subPath":"../x"}]}]}}"#,
            #"spec.containers[0].volumeMounts.subPath: Invalid value: "../x": must not contain '..'"#
        ),
        Faulty(
            "Pod", #"{"spec":{"volumes":[{"name":"v"},{"name":"v"}]}}"#,
            #"spec.volumes[1].name: Duplicate value: "v""#),
        Faulty(
            "Pod", #"{"spec":{"volumes":[{"name":"v","emptyDir":{},"hostPath":{"path":"/a"}}]}}"#,
            "spec.volumes[0].hostPath: Forbidden: may not specify more than 1 volume type"),
        Faulty(
            "Pod", #"{"spec":{"volumes":[{"name":"v","secret":{}}]}}"#,
            "spec.volumes[0].secret.secretName: Required value"),
        Faulty(
            "Pod", #"{"spec":{"volumes":[{"name":"v","secret":{"secretName":"s","defaultMode":4096}}]}}"#,
            "spec.volumes[0].secret.defaultMode: Invalid value: 4096: must be a number between 0 and 0777 (octal), both inclusive"
        ),
        Faulty(
            "Pod", #"{"spec":{"volumes":[{"name":"v","persistentVolumeClaim":{}}]}}"#,
            "spec.volumes[0].persistentVolumeClaim.claimName: Required value"),
        Faulty(
            "Pod", #"{"spec":{"volumes":[{"name":"v","configMap":{"name":"c","items":[{"key":"k"}]}}]}}"#,
            "spec.volumes[0].configMap.items[0].path: Required value"),
    ]

    static let behaviour: [Faulty] = [
        Faulty(
            "Pod",
            #"{"spec":{"containers":[{"name":"c","image":"a","livenessProbe":{"periodSeconds":-1}}]}}"#,
            "spec.containers[0].livenessProbe: Required value: must specify a handler type",
            "spec.containers[0].livenessProbe.periodSeconds: Invalid value: -1: must be greater than or equal to 0"
        ),
        Faulty(
            "Pod",
            #"{"spec":{"containers":[{"name":"c","image":"a","livenessProbe":{"successThreshold":2,"httpGet":{"port":80}}}]}}"#,
            "spec.containers[0].livenessProbe.successThreshold: Invalid value: 2: must be 1"
        ),
        Faulty(
            "Pod",
            #"{"spec":{"containers":[{"name":"c","image":"a","readinessProbe":{"exec":{},"tcpSocket":{"port":0}}}]}}"#,
            "spec.containers[0].readinessProbe.exec.command: Required value",
            "spec.containers[0].readinessProbe.tcpSocket: Forbidden: may not specify more than 1 handler type"
        ),
        Faulty(
            "Pod",
            #"{"spec":{"containers":[{"name":"c","image":"a","readinessProbe":{"httpGet":{"port":"no port","scheme":"FTP"}}}]}}"#,
            #"spec.containers[0].readinessProbe.httpGet.port: Invalid value: "no port": must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)"#,
            #"spec.containers[0].readinessProbe.httpGet.scheme: Unsupported value: "FTP": supported values: "HTTP", "HTTPS""#
        ),
        Faulty(
            "Pod",
            #"{"spec":{"containers":[{"name":"c","image":"a","resources":{"requests":{"cpu":"2"},"limits":{"cpu":"1"}}}]}}"#,
            #"spec.containers[0].resources.requests: Invalid value: "2": must be less than or equal to cpu limit of 1"#
        ),
        Faulty(
            "Pod",
            #"{"spec":{"containers":[{"name":"c","image":"a","resources":{"requests":{"memory":"-1"}}}]}}"#,
            #"spec.containers[0].resources.requests[memory]: Invalid value: "-1": must be greater than or equal to 0"#
        ),
        Faulty(
            "Pod",
            #"{"spec":{"containers":[{"name":"c","image":"a","resources":{"limits":{"pods":"1"}}}]}}"#,
            #"spec.containers[0].resources.limits[pods]: Invalid value: "pods": must be a standard resource for containers"#,
            #"spec.containers[0].resources.requests[pods]: Invalid value: "pods": must be a standard resource for containers"#
        ),
        Faulty(
            "Pod",
            #"{"spec":{"containers":[{"name":"c","image":"a","resources":{"requests":{"ex.com/gpu":"1"}}}]}}"#,
            "spec.containers[0].resources.limits: Required value: Limit must be set for non overcommitable resources"
        ),
        Faulty(
            "Pod",
            #"{"spec":{"containers":[{"name":"c","image":"a","securityContext":{"runAsUser":-1,"procMount":"Some"}}]}}"#,
            "spec.containers[0].securityContext.runAsUser: Invalid value: -1: must be between 0 and 2147483647, inclusive",
            #"spec.containers[0].securityContext.procMount: Unsupported value: "Some": supported values: "Default", "Unmasked""#
        ),
        Faulty(
            "Pod",
            #"{"spec":{"initContainers":[{"name":"i","image":"a","livenessProbe":{"httpGet":{"port":1}}}]}}"#,
            "spec.initContainers[0].livenessProbe: Forbidden: may not be set for init containers without restartPolicy=Always"
        ),
    ]

    static let scheduling: [Faulty] = [
        Faulty(
            "Pod", #"{"spec":{"restartPolicy":"Maybe"}}"#,
            #"spec.restartPolicy: Unsupported value: "Maybe": supported values: "Always", "OnFailure", "Never""#
        ),
        Faulty(
            "Pod", #"{"spec":{"dnsPolicy":"Mine"}}"#,
            #"spec.dnsPolicy: Unsupported value: "Mine": supported values: "ClusterFirstWithHostNet", "ClusterFirst", "Default", "None""#
        ),
        Faulty(
            "Pod", #"{"spec":{"activeDeadlineSeconds":0}}"#,
            "spec.activeDeadlineSeconds: Invalid value: 0: must be between 1 and 2147483647, inclusive"),
        Faulty(
            "Pod", #"{"spec":{"nodeSelector":{"a":"b c"}}}"#,
            #"spec.nodeSelector: Invalid value: "b c": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"#
        ),
        Faulty(
            "Pod", #"{"spec":{"tolerations":[{"operator":"Exists"},{"key":"a","operator":"Is"}]}}"#,
            #"spec.tolerations[1].operator: Unsupported value: "Is": supported values: "Equal", "Exists""#
        ),
        Faulty(
            "Pod", #"{"spec":{"tolerations":[{"key":"a","operator":"Exists","value":"b"}]}}"#,
            #"spec.tolerations[0].operator: Invalid value: "b": value must be empty when `operator` is 'Exists'"#
        ),
        Faulty(
            "Pod",
            #"{"spec":{"affinity":{"podAntiAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":[{"labelSelector":{}}]}}}}"#,
            "spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].topologyKey: Required value: can not be empty",
            #"spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].topologyKey: Invalid value: "": name part must be non-empty"#,
            #"spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].topologyKey: Invalid value: "": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"#
        ),
        Faulty(
            "Pod",
            #"{"spec":{"affinity":{"nodeAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":{}}}}}"#,
            "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms: Required value: must have at least one node selector term"
        ),
        Faulty(
            "Pod",
            #"{"spec":{"topologySpreadConstraints":[{"topologyKey":"zone","whenUnsatisfiable":"DoNotSchedule"}]}}"#,
            "spec.topologySpreadConstraints[0].maxSkew: Invalid value: 0: must be greater than zero"
        ),
        Faulty(
            "Pod", #"{"spec":{"hostname":"A.b"}}"#,
            #"spec.hostname: Invalid value: "A.b": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"#
        ),
        Faulty(
            "Pod", #"{"spec":{"dnsPolicy":"None"}}"#,
            "spec.dnsConfig: Required value: must provide `dnsConfig` when `dnsPolicy` is None"),
        Faulty(
            "Pod", #"{"spec":{"readinessGates":[{"conditionType":"a b"}]}}"#,
            #"spec.readinessGates[0].conditionType: Invalid value: "a b": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"#
        ),
    ]

    @Test(arguments: containers + environment + mounts + behaviour + scheduling)
    func `faults are told as a server tells them`(_ row: Faulty) throws {
        let errors = try Fixture.faults(row.kind, row.patch)
        #expect(errors == row.errors)
    }

    @Test(arguments: [
        ("10.0.0.1", true), ("fd00::1", true), ("::1", true), ("1:2:3:4:5:6:7:8", true), ("fe80::", true),
        ("010.0.0.1", false), ("1.2.3", false), ("256.1.1.1", false), ("1::2::3", false), ("1:2:3", false),
        (":1", false), ("1:2:3:4:5:6:7:8:9", false), ("+1::", false), ("a host", false), ("", false),
    ]) func `an address is read strictly`(_ address: String, _ isGood: Bool) throws {
        let errors = try Fixture.faults("Pod", #"{"spec":{"hostAliases":[{"ip":"\#(address)"}]}}"#)
        #expect(errors.isEmpty == isGood)
    }
}
