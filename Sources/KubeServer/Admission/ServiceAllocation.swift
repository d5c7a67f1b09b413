import KubeModel
import Manifest
import Synchronization

/// Gives services their addresses and node ports, each to one service only.
///
/// What is in use is read from the services in the store; what has been given to a service that is still on
/// its way there is remembered for a while, so that two services made at once differ.
final class ServiceAllocation: AdmissionPlugin {
    private let store: Store
    private let clock: ServerClock
    private let random: @Sendable () -> UInt64
    private let pool: AddressPool
    private let state = Mutex(State())

    private struct State {
        var revision: UInt64?
        /// By address and by port, the service that has it.
        var addresses: [String: String] = [:]
        var ports: [Int: String] = [:]
        /// Until when something that was given out is kept for its service.
        var reservedAddresses: [String: Duration] = [:]
        var reservedPorts: [Int: Duration] = [:]
    }

    private static let services = GroupResource(resource: "services")
    private static let nodePorts = 30_000...32_767
    /// Longer than any write takes to get into the store.
    private static let reservation: Duration = .seconds(60)

    init(
        store: Store, clock: ServerClock, pool: AddressPool = .services,
        random: @escaping @Sendable () -> UInt64 = { UInt64.random(in: .min ... .max) }
    ) {
        self.store = store
        self.clock = clock
        self.pool = pool
        self.random = random
    }

    var name: String { "ServiceAllocation" }

    /// An address that no service has; nil where all are given.
    func allocateAddress() -> String? {
        let now = clock.elapsed()
        let size = pool.count
        // The first address is the API's own, as in every cluster.
        let start = UInt32(truncatingIfNeeded: random() % UInt64(size))
        return withUse(at: now) { state in
            for step in 0..<size {
                let place = (start + step) % size
                guard place > 1, place < size - 1 else { continue }
                let address = pool.address(place)
                if state.addresses[address] == nil, state.reservedAddresses[address] == nil {
                    state.reservedAddresses[address] = now + Self.reservation
                    return address
                }
            }
            return nil
        }
    }

    /// A node port that no service has; nil where all are given.
    func allocatePort() -> Int? {
        let now = clock.elapsed()
        let start = Int(random() % UInt64(Self.nodePorts.count))
        return withUse(at: now) { state in
            for step in 0..<Self.nodePorts.count {
                let port = Self.nodePorts.lowerBound + (start + step) % Self.nodePorts.count
                if state.ports[port] == nil, state.reservedPorts[port] == nil {
                    state.reservedPorts[port] = now + Self.reservation
                    return port
                }
            }
            return nil
        }
    }

    /// Runs a closure on what is in use now.
    private func withUse<Result: Sendable>(at now: Duration, _ body: (inout State) -> Result) -> Result {
        let revision = store.revision(of: Self.services.description)
        let services = state.withLock { $0.revision == revision ? nil : true }
            .map { _ in store.values(of: Self.services) }
        return state.withLock { state in
            if let services, state.revision ?? 0 <= revision {
                state.revision = revision
                state.addresses = [:]
                state.ports = [:]
                for service in services {
                    let owner = "\(service.metadata.namespace)/\(service.metadata.name)"
                    for address in Self.addresses(of: service) { state.addresses[address] = owner }
                    for port in Self.ports(of: service) { state.ports[port] = owner }
                }
            }
            state.reservedAddresses = state.reservedAddresses.filter { $0.value > now }
            state.reservedPorts = state.reservedPorts.filter { $0.value > now }
            return body(&state)
        }
    }

    private static func addresses(of service: Value) -> [String] {
        service.texts("spec", "clusterIPs").filter { $0 != "None" && !$0.isEmpty }
    }

    private static func ports(of service: Value) -> [Int] {
        service.items("spec", "ports").map { Int($0.number("nodePort")) }.filter { $0 > 0 }
    }

    /// Refuses addresses and ports that another service has, or that are not to be given.
    func validate(_ request: AdmissionRequest) async throws(APIError) {
        guard request.resource.groupResource == Self.services, request.operation != .delete,
            request.subresource.isEmpty, let service = request.object
        else { return }
        let owner = "\(request.namespace)/\(request.name)"
        var faults = Self.familyFaults(service)
        if faults.isEmpty {
            faults = withUse(at: clock.elapsed()) { state in
                addressFaults(service, owner: owner, state) + portFaults(service, owner: owner, state)
            }
        }
        if !faults.isEmpty {
            throw .invalid(GroupKind(group: "", kind: "Service"), name: request.name, errors: faults)
        }
    }

    /// The faults of a service that asks for more address families than the one given out here.
    ///
    /// A headless service without a selector may ask for any: nothing is given to it.
    private static func familyFaults(_ service: Value) -> [FieldError] {
        let spec = FieldPath("spec")
        let given = service.texts("spec", "clusterIPs")
        let isOpen = given.first == "None" && service["spec", "selector"]?.objectValue?.isEmpty != false
        guard service.text("spec", "type") != "ExternalName", !isOpen else { return [] }
        let families = service.texts("spec", "ipFamilies")
        let policy = service.text("spec", "ipFamilyPolicy")
        var faults: [FieldError] = []
        if policy == "SingleStack" {
            let counts = [("cluster IPs", given.count), ("IP families", families.count)]
            faults = counts.filter { $0.1 > 1 }.map { what, _ in
                .invalid(
                    spec.child("ipFamilyPolicy"), .string(policy),
                    "must be RequireDualStack or PreferDualStack when multiple \(what) are specified")
            }
            if !faults.isEmpty { return faults }
        }
        if policy == "RequireDualStack" {
            faults.append(
                .invalid(
                    spec.child("ipFamilyPolicy"), .string(policy),
                    "this cluster is not configured for dual-stack services"))
        }
        for (place, family) in families.enumerated() where family != "IPv4" {
            faults.append(
                .invalid(
                    spec.child("ipFamilies").index(place), .string(family),
                    "not configured on this cluster"))
        }
        return faults
    }

    private func addressFaults(_ service: Value, owner: String, _ state: State) -> [FieldError] {
        let given = Self.addresses(of: service)
        for address in given {
            let problem: String
            if !pool.contains(address), !address.contains(":") {
                problem = "the provided network does not match the current range"
            } else if let other = state.addresses[address], other != owner {
                problem = "provided IP is already allocated"
            } else {
                continue
            }
            return [
                .invalid(
                    FieldPath("spec", "clusterIPs"), .array(given.map(Value.string)),
                    "failed to allocate IP \(address): \(problem)")
            ]
        }
        return []
    }

    private func portFaults(_ service: Value, owner: String, _ state: State) -> [FieldError] {
        var faults: [FieldError] = []
        for (place, port) in service.items("spec", "ports").enumerated() {
            let number = Int(port.number("nodePort"))
            guard number > 0 else { continue }
            let path = FieldPath("spec", "ports").index(place).child("nodePort")
            if !Self.nodePorts.contains(number) {
                faults.append(
                    .invalid(
                        path, .integer(Int64(number)),
                        "provided port is not in the valid range. The range of valid ports is 30000-32767"))
            } else if let other = state.ports[number], other != owner {
                faults.append(.invalid(path, .integer(Int64(number)), "provided port is already allocated"))
            }
        }
        return faults
    }
}
