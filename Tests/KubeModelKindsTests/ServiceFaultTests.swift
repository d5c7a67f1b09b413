import KubeModel
import Manifest
import Testing

/// What is wrong with services, routes, policies and the data that users keep.
@Suite struct ServiceFaultTests {
    static let services: [Faulty] = [
        Faulty("Service", #"{"spec":{"ports":null}}"#, "spec.ports: Required value"),
        Faulty(
            "Service", #"{"spec":{"ports":[{"port":0}]}}"#,
            "spec.ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive",
            "spec.ports[0].targetPort: Invalid value: 0: must be between 1 and 65535, inclusive"),
        Faulty(
            "Service", #"{"spec":{"ports":[{"port":80},{"port":81}]}}"#,
            "spec.ports[0].name: Required value", "spec.ports[1].name: Required value"),
        Faulty(
            "Service", #"{"spec":{"ports":[{"name":"a","port":80},{"name":"a","port":81}]}}"#,
            #"spec.ports[1].name: Duplicate value: "a""#),
        Faulty(
            "Service", #"{"spec":{"ports":[{"name":"a","port":80},{"name":"b","port":80}]}}"#,
            #"spec.ports[1]: Duplicate value: {"Name":"","Protocol":"TCP","AppProtocol":null,"Port":80,"TargetPort":0,"NodePort":0}"#
        ),
        Faulty(
            "Service", #"{"spec":{"ports":[{"port":80,"protocol":"ICMP"}]}}"#,
            #"spec.ports[0].protocol: Unsupported value: "ICMP": supported values: "SCTP", "TCP", "UDP""#),
        Faulty(
            "Service", #"{"spec":{"type":"Public"}}"#,
            #"spec.type: Unsupported value: "Public": supported values: "ClusterIP", "ExternalName", "LoadBalancer", "NodePort""#
        ),
        Faulty(
            "Service", #"{"spec":{"sessionAffinity":"Sticky"}}"#,
            #"spec.sessionAffinity: Unsupported value: "Sticky": supported values: "ClientIP", "None""#),
        Faulty(
            "Service", #"{"spec":{"type":"ExternalName"}}"#, "spec.externalName: Required value"),
        Faulty(
            "Service", #"{"spec":{"clusterIP":"None","type":"NodePort"}}"#,
            #"spec.clusterIPs[0]: Invalid value: "None": may not be set to 'None' for NodePort services"#),
        Faulty(
            "Service", #"{"spec":{"clusterIP":"nowhere"}}"#,
            #"spec.clusterIPs[0]: Invalid value: "nowhere": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"#
        ),
        Faulty(
            "Service", #"{"spec":{"ports":[{"port":80,"nodePort":30000}]}}"#,
            "spec.ports[0].nodePort: Forbidden: may not be used when `type` is 'ClusterIP'"),
    ]

    static let data: [Faulty] = [
        Faulty(
            "ConfigMap", #"{"data":{"a b":"c"}}"#,
            #"data[a b]: Invalid value: "a b": a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')"#
        ),
        Faulty(
            "ConfigMap", #"{"data":{"a":"c"},"binaryData":{"a":"YQ=="}}"#,
            #"data[a]: Invalid value: "a": duplicate of key present in binaryData"#),
        Faulty(
            "Secret", #"{"type":"kubernetes.io/tls"}"#, "data[tls.crt]: Required value",
            "data[tls.key]: Required value"),
        Faulty(
            "Secret", #"{"type":"kubernetes.io/dockerconfigjson"}"#,
            "data[.dockerconfigjson]: Required value"),
        Faulty(
            "Secret", #"{"type":"kubernetes.io/dockerconfigjson","data":{".dockerconfigjson":"eA=="}}"#,
            "data[.dockerconfigjson]: Invalid value: \"<secret contents redacted>\": invalid character 'x' looking "
                + "for beginning of value"),
        Faulty(
            "Secret", #"{"type":"kubernetes.io/dockercfg","data":{".dockercfg":"MQ=="}}"#,
            "data[.dockercfg]: Invalid value: \"<secret contents redacted>\": json: cannot unmarshal number into "
                + "Go value of type map[string]interface {}"),
        Faulty(
            "Secret", #"{"type":"kubernetes.io/basic-auth"}"#, "data[username]: Required value",
            "data[password]: Required value"),
        Faulty(
            "Secret", #"{"type":"kubernetes.io/ssh-auth"}"#, "data[ssh-privatekey]: Required value"),
        Faulty(
            "Secret", #"{"type":"kubernetes.io/service-account-token"}"#,
            "metadata.annotations[kubernetes.io/service-account.name]: Required value"),
        Faulty(
            "PersistentVolumeClaim", #"{"spec":{"accessModes":null}}"#,
            "spec.accessModes: Required value: at least 1 access mode is required"),
        Faulty(
            "PersistentVolumeClaim", #"{"spec":{"accessModes":["Sometimes"]}}"#,
            #"spec.accessModes: Unsupported value: "Sometimes": supported values: "ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod""#
        ),
        Faulty(
            "PersistentVolumeClaim", #"{"spec":{"resources":{"requests":null}}}"#,
            "spec.resources[storage]: Required value"),
        Faulty(
            "PersistentVolumeClaim", #"{"spec":{"resources":{"requests":{"storage":"0"}}}}"#,
            #"spec.resources[storage]: Invalid value: "0": must be greater than zero"#),
        Faulty(
            "PersistentVolume", #"{"spec":{"capacity":null}}"#, "spec.capacity: Required value",
            #"spec.capacity: Unsupported value: null: supported values: "storage""#),
        Faulty(
            "Namespace", #"{"metadata":{"name":"a.b"}}"#,
            #"metadata.name: Invalid value: "a.b": must not contain dots"#
        ),
        Faulty(
            "Event", #"{"involvedObject":{"namespace":"other"}}"#,
            #"involvedObject.namespace: Invalid value: "other": does not match event.namespace"#),
        Faulty(
            "Endpoints", #"{"subsets":[{"addresses":[{"ip":"x"}],"ports":[{"port":80}]}]}"#,
            #"subsets[0].addresses[0].ip: Invalid value: "x": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"#,
            #"subsets[0].addresses[0].ip: Invalid value: "x": must be a valid IP address"#
        ),
    ]

    static let networking: [Faulty] = [
        Faulty(
            "Ingress", #"{"spec":null}"#,
            #"spec: Invalid value: null: either `defaultBackend` or `rules` must be specified"#),
        Faulty(
            "Ingress", #"{"spec":{"rules":[{"http":{}}]}}"#, "spec.rules[0].http.paths: Required value"),
        Faulty(
            "Ingress",
            #"{"spec":{"rules":[{"host":"ex.com","http":{"paths":[{"path":"a","backend":{"service":{"name":"s","port":{"number":80}}}}]}}]}}"#,
            #"spec.rules[0].http.paths[0].pathType: Required value: pathType must be specified"#),
        Faulty(
            "Ingress",
            #"{"spec":{"rules":[{"http":{"paths":[{"path":"a","pathType":"Prefix","backend":{"service":{"name":"s","port":{"number":80}}}}]}}]}}"#,
            #"spec.rules[0].http.paths[0].path: Invalid value: "a": must be an absolute path"#),
        Faulty(
            "Ingress",
            #"{"spec":{"rules":[{"http":{"paths":[{"path":"/a","pathType":"Glob","backend":{}}]}}]}}"#,
            #"spec.rules[0].http.paths[0].pathType: Unsupported value: "Glob": supported values: "Exact", "ImplementationSpecific", "Prefix""#,
            #"spec.rules[0].http.paths[0].backend: Invalid value: "": resource or service backend is required"#
        ),
        Faulty(
            "Ingress",
            #"{"spec":{"rules":[{"http":{"paths":[{"path":"/a//b","pathType":"Exact","backend":{"service":{"name":"","port":{}}}}]}}]}}"#,
            #"spec.rules[0].http.paths[0].path: Invalid value: "/a//b": must not contain '//'"#,
            "spec.rules[0].http.paths[0].backend.service.name: Required value",
            "spec.rules[0].http.paths[0].backend: Required value: port name or number is required"),
        Faulty(
            "Ingress", #"{"spec":{"rules":[{"host":"10.0.0.1"}]}}"#,
            #"spec.rules[0].host: Invalid value: "10.0.0.1": must be a DNS name, not an IP address"#),
        Faulty("IngressClass", #"{"spec":{"controller":null}}"#, "spec.controller: Required value"),
        Faulty(
            "IngressClass", #"{"spec":{"controller":"c"}}"#,
            #"spec.controller: Invalid value: "c": must be a domain-prefixed path (such as "acme.io/foo")"#),
        Faulty(
            "NetworkPolicy", #"{"spec":{"policyTypes":["Both"]}}"#,
            #"spec.policyTypes[0]: Unsupported value: "Both": supported values: "Ingress", "Egress""#),
        Faulty(
            "NetworkPolicy", #"{"spec":{"ingress":[{"from":[{}]}]}}"#,
            "spec.ingress[0].from[0]: Required value: must specify a peer"),
        Faulty(
            "NetworkPolicy", #"{"spec":{"ingress":[{"from":[{"ipBlock":{"cidr":"10.0.0.0"}}]}]}}"#,
            #"spec.ingress[0].from[0].ipBlock.cidr: Invalid value: "10.0.0.0": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)"#
        ),
        Faulty(
            "NetworkPolicy",
            #"{"spec":{"ingress":[{"from":[{"ipBlock":{"cidr":"10.0.0.0/24","except":["10.1.0.0/28"]}}]}]}}"#,
            #"spec.ingress[0].from[0].ipBlock.except[0]: Invalid value: "10.1.0.0/28": must be a strict subset of `cidr`"#
        ),
        Faulty(
            "NetworkPolicy",
            #"{"spec":{"egress":[{"ports":[{"port":80,"endPort":70},{"port":"web","endPort":90}]}]}}"#,
            "spec.egress[0].ports[0].endPort: Invalid value: 70: must be greater than or equal to `port`",
            "spec.egress[0].ports[1].endPort: Invalid value: 90: may not be specified when `port` is non-numeric"
        ),
        Faulty(
            "EndpointSlice", #"{"addressType":"Mail"}"#,
            #"addressType: Unsupported value: "Mail": supported values: "FQDN", "IPv4", "IPv6""#),
        Faulty("EndpointSlice", #"{"addressType":null}"#, "addressType: Required value"),
        Faulty(
            "EndpointSlice", #"{"endpoints":[{}]}"#,
            "endpoints[0].addresses: Required value: must contain at least 1 address"),
    ]

    @Test(arguments: services + data + networking)
    func `faults are told as a server tells them`(_ row: Faulty) throws {
        let errors = try Fixture.faults(row.kind, row.patch)
        #expect(errors == row.errors)
    }
}
