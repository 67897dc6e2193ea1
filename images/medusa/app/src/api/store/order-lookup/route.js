// POST {display_id, email}: the ID of the order of that number and that e-mail address, which the Store
// API itself cannot find. Whoever knows both is taken for the buyer; guessing is made slow.
const { ContainerRegistrationKeys } = require("@medusajs/framework/utils");

const missesPerMinute = 30;
let minute = 0;
let misses = 0;

function mayAsk() {
  const now = Math.floor(Date.now() / 60000);
  if (now !== minute) {
    minute = now;
    misses = 0;
  }
  return misses < missesPerMinute;
}

module.exports.POST = async (request, response) => {
  const { display_id: number, email } = request.body ?? {};
  if (!Number.isSafeInteger(number) || number < 1 || typeof email !== "string" || email.length > 254) {
    response.status(400).json({ type: "invalid_data", message: "give display_id, a number, and email, a text" });
    return;
  }
  if (!mayAsk()) {
    response.status(429).json({ type: "not_allowed", message: "too many orders were asked for that are not there" });
    return;
  }
  const query = request.scope.resolve(ContainerRegistrationKeys.QUERY);
  const { data } = await query.graph({
    entity: "order",
    fields: ["id", "email"],
    filters: { display_id: number },
  });
  const found = data.find((order) => (order.email ?? "").toLowerCase() === email.trim().toLowerCase());
  if (!found) {
    misses += 1;
    response.status(404).json({ type: "not_found", message: "there is no such order" });
    return;
  }
  response.json({ order: { id: found.id } });
};
