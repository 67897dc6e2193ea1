// try-shop.js URL: waits for the shop at URL, then looks and buys as a visitor would and signs in
// as its owner. Fails if any of it does.
const fs = require("node:fs");
const path = require("node:path");

const base = process.argv[2];
const secret = (name) => fs.readFileSync(path.join(process.env.SECRETS_DIR, name), "utf8").trim();

async function call(method, where, body, token) {
  const headers = { "content-type": "application/json", "x-publishable-api-key": secret("publishable-key") };
  if (token) {
    headers.authorization = `Bearer ${token}`;
  }
  const answer = await fetch(base + where, { method, headers, body: body && JSON.stringify(body) });
  const text = await answer.text();
  if (!answer.ok) {
    throw new Error(`${method} ${where}: ${answer.status} ${text}`);
  }
  return answer.headers.get("content-type").startsWith("application/json") ? JSON.parse(text) : text;
}

async function wait() {
  for (let tries = 0; ; tries++) {
    try {
      return await call("GET", "/health");
    } catch (error) {
      if (tries === 600) {
        throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

async function buy() {
  const { regions } = await call("GET", "/store/regions");
  const region = regions.find(({ currency_code: code }) => code === "eur");
  const { products } = await call(
    "GET", `/store/products?region_id=${region.id}&fields=id,title,*variants.calculated_price`);
  const [variant] = products[0].variants;
  const address = { first_name: "A", last_name: "B", address_1: "C 1", city: "D", postal_code: "10000", country_code: "de" };
  const { cart } = await call("POST", "/store/carts", {
    region_id: region.id, email: "buyer@template.invalid", shipping_address: address, billing_address: address,
    items: [{ variant_id: variant.id, quantity: 1 }],
  });
  const { shipping_options: options } = await call("GET", `/store/shipping-options?cart_id=${cart.id}`);
  await call("POST", `/store/carts/${cart.id}/shipping-methods`, { option_id: options[0].id });
  const { payment_collection: payment } = await call("POST", "/store/payment-collections", { cart_id: cart.id });
  await call("POST", `/store/payment-collections/${payment.id}/payment-sessions`, { provider_id: "pp_system_default" });
  const result = await call("POST", `/store/carts/${cart.id}/complete`, {});
  if (result.type !== "order") {
    throw new Error(`no order: ${JSON.stringify(result)}`);
  }
}

async function manage() {
  const { token } = await call("POST", "/auth/user/emailpass", {
    email: secret("admin-email"), password: secret("admin-password"),
  });
  const { orders } = await call("GET", "/admin/orders", undefined, token);
  if (orders.length !== 1) {
    throw new Error(`${orders.length} orders where one was placed`);
  }
  await call("GET", "/admin/products", undefined, token);
  await call("GET", "/app/");
}

wait()
  .then(buy)
  .then(manage)
  .catch((error) => {
    console.error(error);
    process.exit(1);
  });
