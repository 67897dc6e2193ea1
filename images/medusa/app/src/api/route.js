// The store's bare address. Medusa itself has no page there; its admin is what it can show.
module.exports.GET = (request, response) => response.redirect("/app");
