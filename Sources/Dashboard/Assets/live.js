// Keeps the page up to date: one stream of changed parts, or of a log's new lines. Without it pages can be read as well.
(function () {
  "use strict";
  var state = document.querySelector("[data-state]");
  var stamp = document.querySelector(".stamp");

  function show(name, words) {
    if (!state) { return; }
    var before = state.dataset.state;
    state.hidden = false;
    state.dataset.state = name;
    state.textContent = words;
    if (name === "lost" && before !== "lost") { say("Updates have stopped"); }
    if (name === "live" && before === "lost") { say("Updates go on"); }
  }

  // What is new is told to those who hear the page: short sentences that come with each part, a few at a time. Whole parts
  // read aloud, with ages and charts, would be noise.
  var spoken = document.getElementById("spoken");
  var unsaid = [];
  var saying = null;

  function say(sentence) {
    if (!spoken) { return; }
    if (unsaid.indexOf(sentence) < 0) { unsaid.push(sentence); }
    if (saying === null) { saying = window.setTimeout(speak, 2000); }
  }

  function speak() {
    saying = null;
    var present = [state.dataset.state === "lost" ? "Updates have stopped" : "Updates go on"];
    document.querySelectorAll("[data-region]").forEach(function (part) { present = present.concat(sentences(part)); });
    // What has changed again meanwhile is not worth a word.
    var all = unsaid.filter(function (one) { return present.indexOf(one) >= 0; });
    unsaid = [];
    if (all.length === 0) { return; }
    var more = all.length - 5;
    spoken.textContent = all.slice(0, 5).join(". ") + (more > 0 ? ". More changes: " + more : "") + ".";
  }

  function sentences(part) { return JSON.parse(part.dataset.spoken || "[]"); }

  function hear(part, update) {
    var before = sentences(part);
    part.dataset.spoken = JSON.stringify(update.spoken);
    update.spoken.forEach(function (one) { if (before.indexOf(one) < 0) { say(one); } });
  }

  // A part in which somebody writes, or has selected text, waits until they are done.
  function isInUse(part) {
    var active = document.activeElement;
    if (active && part.contains(active) && (active.tagName === "TEXTAREA" || active.tagName === "INPUT")) {
      return active.value !== active.defaultValue;
    }
    var fields = part.querySelectorAll("textarea, input[type=text]");
    for (var place = 0; place < fields.length; place += 1) {
      if (fields[place].value !== fields[place].defaultValue) { return true; }
    }
    var selection = window.getSelection();
    return Boolean(selection) && !selection.isCollapsed && part.contains(selection.anchorNode);
  }

  var late = {};

  function replace(part, update) {
    if (isInUse(part)) { late[update.region] = update; return; }
    var open = {};
    part.querySelectorAll("details[id]").forEach(function (one) { open[one.id] = one.open; });
    var focused = place(part, document.activeElement);
    part.innerHTML = update.html;
    part.dataset.digest = update.digest;
    part.querySelectorAll("details[id]").forEach(function (one) {
      if (one.id in open) { one.open = open[one.id]; }
    });
    if (focused) { refocus(part, focused); }
  }

  // What a control is, however often its part is made anew. Another one in its place is none to press by mistake.
  function identity(one) {
    var form = one.closest("form");
    var details = one.closest("details[id]");
    var isWords = one.tagName === "BUTTON" || one.tagName === "SUMMARY";
    return JSON.stringify([
      one.tagName, one.id, one.getAttribute("href"), one.getAttribute("name"), isWords ? one.value : null,
      isWords ? one.textContent : null, one.getAttribute("aria-label"), form && form.getAttribute("action"),
      details && details.id
    ]);
  }

  function alike(part, name) {
    var all = part.querySelectorAll("a[href], button, summary, input, textarea");
    return Array.prototype.filter.call(all, function (one) { return identity(one) === name; });
  }

  // Where the focus is in a part; null where it is elsewhere.
  function place(part, active) {
    if (!active || active === part || !part.contains(active)) { return null; }
    var name = identity(active);
    return { name: name, index: alike(part, name).indexOf(active) };
  }

  // The same control where it is there again, or else the part: who uses the keys goes on from there.
  function refocus(part, focused) {
    var same = alike(part, focused.name);
    focus(same[Math.min(Math.max(0, focused.index), same.length - 1)] || part);
  }

  function focus(one) {
    if (!one.matches("a[href], button, summary, input, textarea, [tabindex]")) { one.tabIndex = -1; }
    one.focus({ preventScroll: true });
  }

  function apply(update) {
    var holder = document.getElementById("regions");
    var part = holder.querySelector('[data-region="' + CSS.escape(update.region) + '"]');
    // What waited for somebody to be done is older than this.
    delete late[update.region];
    if (update.html === null) {
      if (!part) { return; }
      var hadFocus = part.contains(document.activeElement);
      part.remove();
      if (hadFocus) { focus(document.getElementById("main")); }
      return;
    }
    if (!part) {
      part = document.createElement("section");
      part.className = "region";
      part.id = update.region;
      part.dataset.region = update.region;
      var before = update.after && holder.querySelector('[data-region="' + CSS.escape(update.after) + '"]');
      holder.insertBefore(part, before ? before.nextSibling : holder.firstChild);
    }
    hear(part, update);
    if (part.dataset.digest === update.digest) { return; }
    replace(part, update);
    part.classList.remove("changed");
    void part.offsetWidth;
    part.classList.add("changed");
  }

  // A stream begins with the names of all parts: those that vanished while none was open are taken away.
  function keepOnly(names) {
    document.querySelectorAll("[data-region]").forEach(function (part) {
      if (names.indexOf(part.dataset.region) < 0) { apply({ region: part.dataset.region, html: null }); }
    });
  }

  function applyLate() {
    Object.keys(late).forEach(function (name) { apply(late[name]); });
  }

  document.addEventListener("focusout", function () { window.setTimeout(applyLate, 0); });

  // Whether somebody has written something that a new page would not have.
  function hasWriting() {
    var fields = document.querySelectorAll("textarea, input[type=text]");
    return Array.prototype.some.call(fields, function (one) { return one.value !== one.defaultValue; });
  }

  function tell(words, link) {
    var line = document.createElement("p");
    line.className = "notice failed";
    line.setAttribute("role", "alert");
    line.textContent = words;
    if (link) { line.appendChild(link); }
    document.getElementById("main").prepend(line);
  }

  function loginLink() {
    var link = document.createElement("a");
    link.href = "/login?next=" + encodeURIComponent(window.location.pathname);
    link.target = "_blank";
    link.rel = "noopener";
    link.textContent = "Log in again";
    return link;
  }

  // Browsers have six connections to a host for all tabs together, so a page has one only while it can be seen. A stream
  // that is opened again tells everything that is not on the page yet.
  function follow(path, onEvent) {
    var source = null;
    var isOver = false;

    function close() {
      if (source) { source.close(); }
      source = null;
    }

    function end(name, words) {
      isOver = true;
      close();
      show(name, words);
    }

    function open() {
      if (isOver || document.visibilityState === "hidden") { return; }
      if (source && source.readyState !== EventSource.CLOSED) { return; }
      var own = new EventSource(path());
      source = own;
      own.onopen = function () { show("live", "live"); };
      own.onerror = function () {
        show("lost", own.readyState === EventSource.CLOSED ? "not live" : "reconnecting");
        // Browsers give up where they got an answer that is no stream, as from a proxy while the server starts anew.
        if (source === own && own.readyState === EventSource.CLOSED) { window.setTimeout(open, 10000); }
      };
      own.addEventListener("full", function () { close(); show("lost", "not live"); });
      own.addEventListener("expired", function () {
        end("lost", "logged out");
        if (!hasWriting()) { window.location.reload(); return; }
        tell("Your session is over; what you wrote is still here, to be copied. ", loginLink());
      });
      own.addEventListener("gone", function () {
        end("lost", "gone");
        document.querySelectorAll("#regions button").forEach(function (one) { one.disabled = true; });
        tell("What this page is about does not exist any more.");
      });
      onEvent(own, end);
    }

    document.addEventListener("visibilitychange", function () {
      if (document.visibilityState === "hidden") { close(); } else { open(); }
    });
    window.addEventListener("pagehide", close);
    window.addEventListener("pageshow", open);
    open();
  }

  var log = document.getElementById("log-text");
  if (log) {
    if (log.dataset.complete) { return; }
    var seen = null;
    follow(function () {
      return seen === null ? log.dataset.log : log.dataset.log.replace(/from=\d+/, "from=" + seen);
    }, function (source, end) {
      source.addEventListener("text", function (event) {
        var atEnd = log.scrollTop + log.clientHeight >= log.scrollHeight - 40;
        seen = event.lastEventId;
        log.appendChild(document.createTextNode(JSON.parse(event.data)));
        if (atEnd) { log.scrollTop = log.scrollHeight; }
      });
      source.addEventListener("end", function () { end("off", "complete"); });
    });
    log.scrollTop = log.scrollHeight;
    return;
  }

  if (document.body.dataset.live) {
    follow(function () { return document.body.dataset.live; }, function (source) {
      source.addEventListener("regions", function (event) { keepOnly(JSON.parse(event.data)); });
      source.addEventListener("region", function (event) { apply(JSON.parse(event.data)); });
      source.addEventListener("now", function (event) {
        if (stamp) { stamp.textContent = "as of " + JSON.parse(event.data) + " UTC"; }
        // A window without the focus is told of no field that was left.
        applyLate();
      });
    });
  }
}());
