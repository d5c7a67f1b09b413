import Foundation
import KubeModel
import Manifest
import Synchronization
import TestSupport
import Testing

/// A headless Chromium, driven by its DevTools protocol over a pair of pipes.
actor Browser {
    private let process: Process
    private let input: Int32
    private let output: Int32
    private var count = 0
    private var waiting: [Int: CheckedContinuation<Value, any Error>] = [:]
    private var isClosed = false
    /// The loads of pages that nobody has waited for yet, and those who wait, by session.
    private var loads: [String: Int] = [:]
    private var loadWaiters: [String: [LoadWaiter]] = [:]
    private(set) var consoleErrors: [String] = []

    /// The program; nil where the machine has none.
    static var program: String? { Program.path("chromium") ?? Program.path("chromium-browser") }

    private struct LoadWaiter {
        var id: Int
        var continuation: CheckedContinuation<Void, any Error>
    }

    /// A failure of the browser or of a script in it.
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    private init(_ process: Process, input: Int32, output: Int32) {
        self.process = process
        self.input = input
        self.output = output
    }

    /// Runs a body with a browser of its own.
    static func with<Result: Sendable>(_ body: (Browser) async throws -> Result) async throws -> Result {
        let program = try #require(program)
        return try await withTemporaryDirectory { directory in
            let (toBrowser, fromBrowser) = ("\(directory)/in", "\(directory)/out")
            try #require(mkfifo(toBrowser, 0o600) == 0 && mkfifo(fromBrowser, 0o600) == 0)
            // Open at both ends, so that neither side waits for the other.
            let (input, output) = (open(toBrowser, O_RDWR | O_CLOEXEC), open(fromBrowser, O_RDWR | O_CLOEXEC))
            try #require(input >= 0 && output >= 0)
            let process = Process()
            process.executableURL = URL(filePath: "/bin/sh")
            process.arguments = [
                "-c", "exec \"$0\" \"$@\" 3<\"$BROWSER_IN\" 4>\"$BROWSER_OUT\"", program, "--headless=new",
                "--no-sandbox",
                "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--disable-extensions",
                "--disable-background-networking", "--disable-sync", "--hide-scrollbars",
                "--remote-debugging-pipe",
                "--user-data-dir=\(directory)/profile", "about:blank",
            ]
            var environment = ProcessInfo.processInfo.environment
            environment["BROWSER_IN"] = toBrowser
            environment["BROWSER_OUT"] = fromBrowser
            environment["HOME"] = directory
            process.environment = environment
            process.standardOutput = FileHandle.nullDevice
            process.standardError = FileHandle.nullDevice
            try process.run()
            let browser = Browser(process, input: input, output: output)
            return try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await browser.listen() }
                let result: Swift.Result<Result, any Error>
                do { result = .success(try await body(browser)) } catch { result = .failure(error) }
                await browser.close()
                try await group.waitForAll()
                return try result.get()
            }
        }
    }

    private static let farewell = Array("farewell".utf8)

    private func close() async {
        isClosed = true
        process.terminate()
        process.waitUntilExit()
        // The reader is waiting for bytes; it gets its last message from here.
        let message = Self.farewell + [0]
        _ = message.withUnsafeBytes { write(output, $0.baseAddress, $0.count) }
        for (_, continuation) in waiting {
            continuation.resume(throwing: Failure(description: "the browser is gone"))
        }
        waiting = [:]
        for waiter in loadWaiters.values.joined() {
            waiter.continuation.resume(throwing: Failure(description: "the browser is gone"))
        }
        loadWaiters = [:]
    }

    // MARK: Messages

    private func listen() async {
        let descriptor = output
        let messages = AsyncStream<[UInt8]> { continuation in
            DispatchQueue(label: "browser").async {
                var message: [UInt8] = []
                var buffer = [UInt8](repeating: 0, count: 1 << 16)
                while true {
                    let count = read(descriptor, &buffer, buffer.count)
                    guard count > 0 else { break }
                    for byte in buffer[..<count] {
                        if byte != 0 {
                            message.append(byte)
                            continue
                        }
                        if message == Browser.farewell {
                            continuation.finish()
                            return
                        }
                        continuation.yield(message)
                        message = []
                    }
                }
                continuation.finish()
            }
        }
        for await message in messages { take(message) }
        Foundation.close(input)
        Foundation.close(output)
    }

    private func take(_ bytes: [UInt8]) {
        guard let message = try? JSON.parse(bytes) else { return }
        let session = message["sessionId"]?.stringValue ?? ""
        if let id = message["id"]?.integerValue {
            guard let continuation = waiting.removeValue(forKey: Int(id)) else { return }
            if let error = message["error"] {
                continuation.resume(throwing: Failure(description: error["message"]?.stringValue ?? "failed"))
            } else {
                continuation.resume(returning: message["result"] ?? .null)
            }
            return
        }
        switch message["method"]?.stringValue {
        case "Page.loadEventFired":
            if var waiters = loadWaiters[session], !waiters.isEmpty {
                waiters.removeFirst().continuation.resume()
                loadWaiters[session] = waiters
            } else {
                loads[session, default: 0] += 1
            }
        case "Log.entryAdded":
            let entry = message["params", "entry"]
            if entry?["level"]?.stringValue == "error" {
                consoleErrors.append(entry?["text"]?.stringValue ?? "")
            }
        case "Runtime.exceptionThrown":
            consoleErrors.append(message["params", "exceptionDetails", "text"]?.stringValue ?? "an exception")
        default: break
        }
    }

    /// Sends a command and answers its result.
    @discardableResult
    func send(_ method: String, _ parameters: Value = .emptyObject, session: String? = nil) async throws
        -> Value
    {
        guard !isClosed, process.isRunning else { throw Failure(description: "the browser is not running") }
        count += 1
        let id = count
        var message: Object = [
            "id": .integer(Int64(id)), "method": .string(method), "params": parameters,
        ]
        message["sessionId"] = session.map { .string($0) }
        let bytes = JSON.write(.object(message)) + [0]
        return try await withCheckedThrowingContinuation { continuation in
            waiting[id] = continuation
            var rest = bytes[...]
            while !rest.isEmpty {
                let written = rest.withUnsafeBytes { write(input, $0.baseAddress, $0.count) }
                guard written > 0 else { break }
                rest = rest.dropFirst(written)
            }
        }
    }

    /// Waits for a page to be loaded.
    func waitForLoad(_ session: String) async throws {
        count += 1
        let waiter = count
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await self.load(of: session, waiter) }
            group.addTask {
                try await ContinuousClock().sleep(for: .seconds(240))
                await self.giveUp(session, waiter)
            }
            try await group.next()
            group.cancelAll()
        }
    }

    private func load(of session: String, _ waiter: Int) async throws {
        if let count = loads[session], count > 0 {
            loads[session] = count - 1
            return
        }
        try await withCheckedThrowingContinuation {
            loadWaiters[session, default: []].append(LoadWaiter(id: waiter, continuation: $0))
        }
    }

    private func giveUp(_ session: String, _ waiter: Int) {
        guard let place = loadWaiters[session]?.firstIndex(where: { $0.id == waiter }) else { return }
        loadWaiters[session]?.remove(at: place).continuation.resume(
            throwing: Failure(description: "the page was not loaded within 240 s"))
    }

    func forgetLoads(_ session: String) { loads[session] = 0 }

    /// Opens an empty page.
    func page(width: Int = 1280, height: Int = 900, isDark: Bool = false, isPhone: Bool = false) async throws
        -> BrowserPage
    {
        let context = try await send("Target.createBrowserContext")
        let target = try await send(
            "Target.createTarget",
            ["url": "about:blank", "browserContextId": context["browserContextId"] ?? .null])
        let attached = try await send(
            "Target.attachToTarget", ["targetId": target["targetId"] ?? .null, "flatten": true])
        let session = attached["sessionId"]?.stringValue ?? ""
        for domain in ["Page", "Runtime", "Log"] { try await send("\(domain).enable", session: session) }
        try await send(
            "Emulation.setDeviceMetricsOverride",
            [
                "width": .integer(Int64(width)), "height": .integer(Int64(height)), "deviceScaleFactor": 1,
                "mobile": .bool(isPhone),
            ], session: session)
        try await send(
            "Emulation.setEmulatedMedia",
            ["features": [["name": "prefers-color-scheme", "value": .string(isDark ? "dark" : "light")]]],
            session: session)
        // Every page believes to have the focus, whichever window has it.
        try await send("Emulation.setFocusEmulationEnabled", ["enabled": true], session: session)
        return BrowserPage(browser: self, session: session)
    }
}

/// A page of a browser.
struct BrowserPage: Sendable {
    let browser: Browser
    let session: String

    /// Loads an address and waits for it.
    func load(_ address: String) async throws {
        await browser.forgetLoads(session)
        try await browser.send("Page.navigate", ["url": .string(address)], session: session)
        try await browser.waitForLoad(session)
    }

    /// Evaluates a script; promises are waited for.
    @discardableResult
    func evaluate(_ script: String) async throws -> Value {
        let answer = try await browser.send(
            "Runtime.evaluate", ["expression": .string(script), "returnByValue": true, "awaitPromise": true],
            session: session)
        if let fault = answer["exceptionDetails"] {
            throw Browser.Failure(
                description: fault["exception", "description"]?.stringValue ?? "the script failed: \(script)")
        }
        return answer["result", "value"] ?? .null
    }

    /// The text of an element.
    func text(_ selector: String) async throws -> String {
        try await evaluate("document.querySelector(\(Self.quoted(selector)))?.innerText ?? ''").stringValue
            ?? ""
    }

    /// Waits until a condition holds in the page, as it changes.
    func wait(until condition: String) async throws {
        let script = """
            new Promise(function (done, failed) {
              var begun = Date.now();
              (function look() {
                var holds = false;
                try { holds = Boolean(\(condition)); } catch (fault) { holds = false; }
                if (holds) { done(true); }
                else if (Date.now() - begun > 240000) { failed(new Error("never: " + \(Self.quoted(condition)))); }
                else { setTimeout(look, 30); }
              }());
            })
            """
        try await evaluate(script)
    }

    /// Types into a field.
    func type(_ text: String, into selector: String) async throws {
        try await evaluate("document.querySelector(\(Self.quoted(selector))).focus()")
        try await browser.send("Input.insertText", ["text": .string(text)], session: session)
    }

    /// Clicks with the mouse on an element.
    func click(_ selector: String) async throws {
        let place = try await evaluate(
            """
            (function () {
              var one = document.querySelector(\(Self.quoted(selector)));
              one.scrollIntoView({ block: "center" });
              var box = one.getBoundingClientRect();
              return [box.x + box.width / 2, box.y + box.height / 2];
            }())
            """)
        for kind in ["mousePressed", "mouseReleased"] {
            try await browser.send(
                "Input.dispatchMouseEvent",
                [
                    "type": .string(kind), "x": place[0] ?? 0, "y": place[1] ?? 0, "button": "left",
                    "clickCount": 1,
                ], session: session)
        }
    }

    /// Clicks, and waits for the page that follows.
    func follow(_ selector: String) async throws {
        await browser.forgetLoads(session)
        try await click(selector)
        try await browser.waitForLoad(session)
    }

    /// Presses a key.
    func press(_ key: String, code: Int) async throws {
        for kind in ["rawKeyDown", "char", "keyUp"] {
            if kind == "char", key != "Enter" { continue }
            var fields: Object = [
                "type": .string(kind), "key": .string(key), "code": .string(key),
                "windowsVirtualKeyCode": .integer(Int64(code)),
            ]
            if kind == "char" { fields["text"] = "\r" }
            try await browser.send("Input.dispatchKeyEvent", .object(fields), session: session)
        }
    }

    /// Logs in by the form.
    func logIn(_ fixture: DashboardFixture, _ token: String, then path: String = "/") async throws {
        try await load("\(fixture.address)/login?next=\(path)")
        try await type(token, into: "#token")
        try await follow(".login button")
    }

    /// Keeps a picture of the page where `SLIPWAY_SCREENSHOTS` names a directory.
    func picture(_ name: String, whole: Bool = true) async throws {
        let answer = try await browser.send(
            "Page.captureScreenshot", ["format": "png", "captureBeyondViewport": .bool(whole)],
            session: session)
        let data = try #require(answer["data"]?.stringValue.flatMap { Data(base64Encoded: $0) })
        #expect(data.count > 2000)
        guard let directory = ProcessInfo.processInfo.environment["SLIPWAY_SCREENSHOTS"], !directory.isEmpty
        else {
            return
        }
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        try data.write(to: URL(filePath: directory).appending(path: "\(name).png"))
    }

    private static func quoted(_ text: String) -> String { JSON.string(.string(text)) }
}
