// What a new store has to sell. Prices are whole units of the store's currency, whichever that is.
const sizes = ["S", "M", "L", "XL"];

const products = [
  {
    title: "T-shirt",
    handle: "t-shirt",
    description: "A plain cotton T-shirt that keeps its shape.",
    sku: "SHIRT",
    weight: 200,
    price: 20,
    options: { Size: sizes, Colour: ["Black", "White"] },
  },
  {
    title: "Sweatshirt",
    handle: "sweatshirt",
    description: "Heavy cotton, brushed inside, for cool evenings.",
    sku: "SWEAT",
    weight: 500,
    price: 45,
    options: { Size: sizes },
  },
  {
    title: "Mug",
    handle: "mug",
    description: "Stoneware for a third of a litre of coffee or tea.",
    sku: "MUG",
    weight: 350,
    price: 12,
    options: { Colour: ["Blue", "Grey"] },
  },
  {
    title: "Tote bag",
    handle: "tote-bag",
    description: "Canvas with long handles; carries a week's groceries.",
    sku: "TOTE",
    weight: 150,
    price: 15,
    options: { Colour: ["Natural"] },
  },
];

// Every combination of the options' values: [{ Size: "S", Colour: "Black" }, …].
function combinations(options) {
  return Object.entries(options).reduce(
    (list, [name, values]) =>
      list.flatMap((one) => values.map((value) => ({ ...one, [name]: value }))),
    [{}]
  );
}

// A path until the store knows its own address (app/personalise.js); the files are in app/samples.
const picture = (product) => `/static/${product.handle}.svg`;

function productInput(product, { currencies, profile, channel }) {
  return {
    title: product.title,
    handle: product.handle,
    description: product.description,
    weight: product.weight,
    thumbnail: picture(product),
    images: [{ url: picture(product) }],
    status: "published",
    shipping_profile_id: profile.id,
    sales_channels: [{ id: channel.id }],
    options: Object.entries(product.options).map(([title, values]) => ({ title, values })),
    variants: combinations(product.options).map((options) => ({
      title: Object.values(options).join(" / "),
      sku: [product.sku, ...Object.values(options)].join("-").toUpperCase(),
      options,
      manage_inventory: true,
      prices: currencies.map((code) => ({ currency_code: code, amount: product.price })),
    })),
  };
}

module.exports = { productInput, products };
