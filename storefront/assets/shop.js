// What is nicer with a script; everything works without it.
"use strict";

// The price and the stock of what is chosen, as the table below has them.
function showChoice(form) {
    const rows = document.querySelectorAll("#variants tr");
    const price = document.querySelector("#price .price-now");
    const from = document.querySelector("#price .from");
    const stock = document.getElementById("stock");
    const first = price ? price.textContent : "";
    const chosen = () => [...form.querySelectorAll("fieldset.option")].map((o) => {
        const input = o.querySelector("input:checked");
        return input ? input.value : null;
    });
    const fits = (row, values) => {
        const choices = [...row.querySelectorAll("data.choice")].map((c) => c.value);
        return choices.length > 0 && choices.length === values.length && choices.every((c, i) => c === values[i]);
    };
    const update = () => {
        const values = chosen();
        const row = [...rows].find((r) => fits(r, values));
        const known = row && !values.includes(null);
        if (price) {
            price.textContent = known ? row.querySelector(".variant-price").textContent : first;
        }
        if (from) {
            from.hidden = Boolean(known);
        }
        stock.textContent = known ? row.querySelector(".variant-stock").textContent : "";
        if (!row && !values.includes(null) && values.length > 0) {
            stock.textContent = "That combination is not made.";
        }
        stock.classList.toggle("gone", !known || row.dataset.gone === "yes");
    };
    form.addEventListener("change", update);
    update();
}

// A changed quantity is sent by itself.
function sendChanges() {
    for (const form of document.querySelectorAll("form.change")) {
        form.querySelector("input[name=quantity]").addEventListener("change", () => {
            if (form.reportValidity()) {
                form.requestSubmit();
            }
        });
    }
}

// One press orders; the shop itself makes no second order of a second press.
function pressOnce(form) {
    let sent = false;
    form.addEventListener("submit", (event) => {
        if (sent) {
            event.preventDefault();
        }
        sent = true;
    });
    window.addEventListener("pageshow", () => {
        sent = false;
    });
}

const buy = document.getElementById("buy");
if (buy) {
    showChoice(buy);
}
sendChanges();
const place = document.getElementById("place");
if (place) {
    pressOnce(place);
}
const errors = document.getElementById("errors");
if (errors) {
    errors.focus();
}
