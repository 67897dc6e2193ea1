// Storewright's pages work without this file. With it, what moves on a page is shown without a
// reload, times are shown in the reader's own zone, and the form for a new store helps along.
"use strict";

(() => {
    const POLL_MS = 1000;
    const POLL_CALM_MS = 5000; // after CALM_AFTER answers without news
    const CALM_AFTER = 60;
    const POLL_MAX_MS = 30000; // while the server cannot be reached

    // Times -----------------------------------------------------------------------------------

    const short = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
    const precise = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });

    function localTimes(root) {
        for (const element of root.querySelectorAll("time[datetime]")) {
            const at = new Date(element.dateTime);
            if (Number.isNaN(at.getTime()))
                continue;
            element.textContent = (element.closest(".timeline") ? precise : short).format(at);
            element.title = element.dateTime;
        }
    }

    // As the server says it: "42 s", "3 min 5 s", "2 h 10 min".
    function span(ms) {
        const s = Math.max(0, Math.floor(ms / 1000));
        if (s < 60)
            return `${s} s`;
        if (s < 3600)
            return `${Math.floor(s / 60)} min ${s % 60} s`;
        return `${Math.floor(s / 3600)} h ${Math.floor((s % 3600) / 60)} min`;
    }

    // Keeping up with the server --------------------------------------------------------------

    let live = document.getElementById("live");
    let clockSkew = live ? Number(live.dataset.now) - Date.now() : 0;
    let etag = "";
    let wait = POLL_MS;
    let quiet = 0;
    let timer = 0;
    let shown = new Map();

    function partsOf(root) {
        return new Map([...root.querySelectorAll("[data-part]")].map((p) => [p.id, p.outerHTML]));
    }

    function tick() {
        for (const element of live.querySelectorAll("[data-since]"))
            element.textContent = span(Date.now() + clockSkew - Number(element.dataset.since));
    }

    // Only parts that changed are replaced, so that what somebody is reading or has focused
    // stays; focus that was inside a changed part goes to the same element of the new one.
    function swap(html) {
        const page = new DOMParser().parseFromString(html, "text/html");
        const next = page.getElementById("live");
        if (!next)
            return;
        const fresh = partsOf(page);
        const focused = document.activeElement && document.activeElement.id;
        for (const [id, text] of fresh) {
            const old = document.getElementById(id);
            const part = page.getElementById(id);
            if (!old || shown.get(id) === text)
                continue;
            localTimes(part);
            old.replaceWith(part);
        }
        shown = fresh;
        clockSkew = Number(next.dataset.now) - Date.now();
        live.toggleAttribute("data-moving", next.hasAttribute("data-moving"));
        const again = focused && document.getElementById(focused);
        if (again && again !== document.activeElement)
            again.focus({ preventScroll: true });
        tick();
        announce();
    }

    const speaker = document.createElement("div");
    speaker.className = "visually-hidden";
    speaker.setAttribute("role", "status");
    let said = "";

    // One store's status is said aloud when it changes.
    function announce() {
        const pill = live.querySelector("[data-status]");
        if (!pill || pill.dataset.status === said)
            return;
        if (said)
            speaker.textContent = `Status: ${pill.textContent}`;
        said = pill.dataset.status;
    }

    async function poll() {
        timer = 0;
        try {
            const headers = etag ? { "If-None-Match": etag } : {};
            const answer = await fetch(live.dataset.fragment, { headers, cache: "no-store" });
            if (answer.status === 401 || answer.status === 404) {
                location.reload();
                return;
            }
            if (answer.ok) {
                etag = answer.headers.get("ETag") || "";
                swap(await answer.text());
                quiet = 0;
            } else if (answer.status === 304) {
                quiet += 1;
            } else {
                throw new Error(String(answer.status));
            }
            wait = quiet > CALM_AFTER ? POLL_CALM_MS : POLL_MS;
            document.body.classList.remove("stale");
        } catch {
            wait = Math.min(POLL_MAX_MS, wait * 2);
            document.body.classList.add("stale");
        }
        plan();
    }

    function plan() {
        if (!timer && live.hasAttribute("data-moving") && !document.hidden)
            timer = setTimeout(poll, wait);
    }

    if (live) {
        shown = partsOf(document);
        document.body.append(speaker);
        announce();
        plan();
        setInterval(() => { if (!document.hidden) tick(); }, 1000);
        document.addEventListener("visibilitychange", () => {
            if (document.hidden) {
                clearTimeout(timer);
                timer = 0;
            } else if (live.hasAttribute("data-moving") && !timer) {
                wait = POLL_MS;
                poll();
            }
        });
    }

    // Forms -----------------------------------------------------------------------------------

    // The address a store would have, while its ID is typed.
    for (const output of document.querySelectorAll("[data-address]")) {
        const input = document.getElementById(output.dataset.for);
        const example = output.textContent;
        const show = () => {
            const id = input.value.trim();
            output.textContent = /^[a-z][a-z0-9-]*$/.test(id) ? output.dataset.address.replace("{id}", id) : example;
        };
        input.addEventListener("input", show);
        show();
    }

    // A title is suggested from the ID until somebody types one.
    const id = document.querySelector("form #id");
    const title = document.querySelector("form #title");
    if (id && title) {
        let own = title.value !== "";
        title.addEventListener("input", () => { own = title.value !== ""; });
        id.addEventListener("input", () => {
            if (!own)
                title.value = id.value.split("-").filter(Boolean)
                    .map((word) => word[0].toUpperCase() + word.slice(1)).join(" ");
        });
    }

    // One press is enough. The server would give the same store again, but say so at once.
    for (const form of document.querySelectorAll('form[method="post"]')) {
        form.addEventListener("submit", (event) => {
            if (form.dataset.sent) {
                event.preventDefault();
                return;
            }
            form.dataset.sent = "yes";
        });
    }
    window.addEventListener("pageshow", () => {
        for (const form of document.querySelectorAll("form[data-sent]"))
            delete form.dataset.sent;
    });

    // The account menu closes as menus do.
    const menu = document.querySelector(".menu");
    if (menu) {
        document.addEventListener("click", (event) => {
            if (!menu.contains(event.target))
                menu.open = false;
        });
        document.addEventListener("keydown", (event) => {
            if (event.key !== "Escape" || !menu.open)
                return;
            menu.open = false;
            menu.querySelector("summary").focus();
        });
    }

    const summary = document.getElementById("error-summary");
    if (summary)
        summary.focus();
    localTimes(document);
})();
