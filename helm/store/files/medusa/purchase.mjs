// helm test: buys one product as a visitor would, through the Store API, finds the order as the admin would, and
// cancels it, which gives the stock back. No route of Medusa deletes an order.

import { readFileSync } from "node:fs";

const shop = process.env.SHOP;
const secret = (key) => readFileSync(`${process.env.SECRETS_DIR}/${key}`, "utf8").trim();
const visitor = { "x-publishable-api-key": secret("publishable-key") };

async function call(method, path, headers, body) {
  const answer = await fetch(shop + path, {
    method,
    headers: { ...headers, "content-type": "application/json" },
    body: body && JSON.stringify(body),
    signal: AbortSignal.timeout(20000),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${text.slice(0, 500)}`);
  return JSON.parse(text);
}

const get = (path) => call("GET", path, visitor);
const post = (path, body) => call("POST", path, visitor, body);

function must(value, words) {
  if (!value) throw new Error(words);
  return value;
}

async function signIn() {
  const account = { email: secret("admin-email"), password: secret("admin-password") };
  const { token } = await call("POST", "/auth/user/emailpass", {}, account);
  return { authorization: `Bearer ${must(token, "the admin's sign-in answered without a token")}` };
}

async function fillCart() {
  const { regions } = await get("/store/regions?fields=id,currency_code,*countries");
  const region = must(regions.find((r) => r.countries.length), "no region has a country to ship to");
  const { products } = await get(
    `/store/products?limit=50&region_id=${region.id}&fields=title,*variants.calculated_price,%2Bvariants.inventory_quantity`,
  );
  const inStock = (v) => v.calculated_price && (!v.manage_inventory || v.inventory_quantity > 0 || v.allow_backorder);
  const product = must(products.find((p) => p.variants.some(inStock)), "the store has no product that can be bought");
  const address = {
    first_name: "Helm",
    last_name: "Test",
    address_1: "1 Test Street",
    city: "Test",
    postal_code: "10115",
    country_code: region.countries[0].iso_2,
  };
  const { cart } = await post("/store/carts", {
    region_id: region.id,
    email: "helm-test@example.com",
    items: [{ variant_id: product.variants.find(inStock).id, quantity: 1 }],
    shipping_address: address,
    billing_address: address,
  });
  console.log(`cart: ${product.title}, ${cart.total} ${cart.currency_code}`);
  return { cart, region };
}

async function pay(cart, region) {
  const { shipping_options: options } = await get(`/store/shipping-options?cart_id=${cart.id}`);
  const option = must(options[0], "nothing ships to the cart's country");
  await post(`/store/carts/${cart.id}/shipping-methods`, { option_id: option.id });
  const { payment_providers: providers } = await get(`/store/payment-providers?region_id=${region.id}`);
  const provider = must(
    providers.find((p) => p.id === "pp_system_default"),
    "the region has no payment provider pp_system_default, the only one that pays without a person",
  );
  const { payment_collection: collection } = await post("/store/payment-collections", { cart_id: cart.id });
  await post(`/store/payment-collections/${collection.id}/payment-sessions`, { provider_id: provider.id });
  console.log(`shipping: ${option.name}; payment: ${provider.id}`);
}

// What a visitor sees first: a page with a product and its price.
async function visit() {
  const front = process.env.STOREFRONT;
  if (!front) return;
  const answer = await fetch(front, { signal: AbortSignal.timeout(20000) });
  const page = await answer.text();
  must(answer.ok && / data-catalogue="fresh"/.test(page), `the storefront answered ${answer.status} without its list of products`);
  const price = must(/itemprop="price" content="([0-9.]+)"/.exec(page), "the storefront shows no product with a price");
  console.log(`storefront: the first price is ${price[1]}`);
}

async function buy() {
  await visit();
  // First, so that no order stays behind where the admin's password was changed since.
  const admin = await signIn();
  const { cart, region } = await fillCart();
  await pay(cart, region);
  const done = await post(`/store/carts/${cart.id}/complete`);
  must(done.type === "order", `completing the cart made no order: ${JSON.stringify(done).slice(0, 500)}`);
  const { order } = await call("GET", `/admin/orders/${done.order.id}`, admin);
  must(order.total === done.order.total && order.total > 0, "the admin sees another total than the visitor");
  console.log(`order ${order.display_id}: ${order.total} ${done.order.currency_code}, seen in the admin`);
  const { order: canceled } = await call("POST", `/admin/orders/${order.id}/cancel`, admin);
  must(canceled.status === "canceled", `the order is ${canceled.status} after it was canceled`);
  console.log(`order ${order.display_id}: canceled`);
}

buy().catch((error) => {
  console.error(`the purchase failed: ${error.message}${error.cause ? ` (${error.cause.message})` : ""}`);
  process.exit(1);
});
