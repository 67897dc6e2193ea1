// Fills a migrated database with what every store starts with.
const flows = require("@medusajs/core-flows");
const { ContainerRegistrationKeys, Modules } = require("@medusajs/framework/utils");
const { productInput, products } = require("./catalogue");

const currencies = ["eur", "usd"];
const europe = ["at", "be", "de", "es", "fi", "fr", "ie", "it", "lu", "nl", "pt"];
const regions = [
  { name: "Europe", currency_code: "eur", countries: europe },
  { name: "United States", currency_code: "usd", countries: ["us"] },
];
const stocked = 1000;

async function find(container, entity, fields = ["id"]) {
  const query = container.resolve(ContainerRegistrationKeys.QUERY);
  return (await query.graph({ entity, fields })).data;
}

async function run(container, workflow, input) {
  return (await workflow(container).run({ input })).result;
}

async function seedStore(container, channel, location) {
  const [store] = await find(container, "store");
  await run(container, flows.updateStoresWorkflow, {
    selector: { id: store.id },
    update: {
      name: "Store",
      supported_currencies: currencies.map((code, i) => ({ currency_code: code, is_default: i === 0 })),
      default_sales_channel_id: channel.id,
      default_location_id: location.id,
    },
  });
}

async function seedRegions(container) {
  await run(container, flows.createRegionsWorkflow, {
    regions: regions.map((region) => ({ ...region, payment_providers: ["pp_system_default"] })),
  });
  await run(
    container,
    flows.createTaxRegionsWorkflow,
    regions.flatMap(({ countries }) =>
      countries.map((code) => ({ country_code: code, provider_id: "tp_system" }))
    )
  );
}

async function seedLocation(container, channel) {
  const [location] = await run(container, flows.createStockLocationsWorkflow, {
    locations: [{ name: "Warehouse", address: { address_1: "", country_code: "de" } }],
  });
  const link = container.resolve(ContainerRegistrationKeys.LINK);
  await link.create({
    [Modules.STOCK_LOCATION]: { stock_location_id: location.id },
    [Modules.FULFILLMENT]: { fulfillment_provider_id: "manual_manual" },
  });
  await run(container, flows.linkSalesChannelsToStockLocationWorkflow, {
    id: location.id,
    add: [channel.id],
  });
  return location;
}

function shippingOption({ name, code, description, price }, zone, profile) {
  return {
    name,
    price_type: "flat",
    provider_id: "manual_manual",
    service_zone_id: zone.id,
    shipping_profile_id: profile.id,
    type: { label: name, code, description },
    prices: currencies.map((currency) => ({ currency_code: currency, amount: price })),
    rules: [
      { attribute: "enabled_in_store", operator: "eq", value: "true" },
      { attribute: "is_return", operator: "eq", value: "false" },
    ],
  };
}

async function seedShipping(container, location, profile) {
  const fulfillment = container.resolve(Modules.FULFILLMENT);
  const set = await fulfillment.createFulfillmentSets({
    name: "Delivery",
    type: "shipping",
    service_zones: [
      {
        name: "Delivery area",
        geo_zones: regions.flatMap(({ countries }) =>
          countries.map((code) => ({ type: "country", country_code: code }))
        ),
      },
    ],
  });
  await container.resolve(ContainerRegistrationKeys.LINK).create({
    [Modules.STOCK_LOCATION]: { stock_location_id: location.id },
    [Modules.FULFILLMENT]: { fulfillment_set_id: set.id },
  });
  const zone = set.service_zones[0];
  await run(container, flows.createShippingOptionsWorkflow, [
    shippingOption(
      { name: "Standard", code: "standard", description: "Two to three days", price: 5 },
      zone,
      profile
    ),
    shippingOption(
      { name: "Express", code: "express", description: "The next day", price: 12 },
      zone,
      profile
    ),
  ]);
}

async function shippingProfile(container) {
  const found = await find(container, "shipping_profile");
  if (found.length > 0) {
    return found[0];
  }
  const [profile] = await run(container, flows.createShippingProfilesWorkflow, {
    data: [{ name: "Default", type: "default" }],
  });
  return profile;
}

// Everything but products.
async function seedBase(container) {
  const [channel] = await find(container, "sales_channel");
  const profile = await shippingProfile(container);
  await seedRegions(container);
  const location = await seedLocation(container, channel);
  await seedShipping(container, location, profile);
  await seedStore(container, channel, location);
}

async function seedProducts(container) {
  const [channel] = await find(container, "sales_channel");
  const [location] = await find(container, "stock_location");
  const profile = await shippingProfile(container);
  await run(container, flows.createProductsWorkflow, {
    products: products.map((product) => productInput(product, { currencies, profile, channel })),
  });
  const items = await find(container, "inventory_item");
  await run(container, flows.createInventoryLevelsWorkflow, {
    inventory_levels: items.map(({ id }) => ({
      inventory_item_id: id,
      location_id: location.id,
      stocked_quantity: stocked,
    })),
  });
}

module.exports = { seedBase, seedProducts };
