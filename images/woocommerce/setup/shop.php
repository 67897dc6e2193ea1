<?php
/**
 * What setup does for WooCommerce: makes the restored template this shop, proves that one can buy, and brings an older
 * database up to this release.
 */
declare(strict_types=1);

/** Country, currency and how both write numbers. Without WordPress: plain rows. */
function personaliseShop(Database $database, Settings $store, array $known): void
{
	$country = $known['countries'][$store->country];
	$settings = array(
		'woocommerce_default_country' => $store->country,
		'woocommerce_currency' => $store->currency,
		'woocommerce_currency_pos' => $country['currency_pos'],
		'woocommerce_price_thousand_sep' => $country['thousand_sep'],
		'woocommerce_price_decimal_sep' => $country['decimal_sep'],
		'woocommerce_price_num_decimals' => (string) $known['currencies'][$store->currency],
		'woocommerce_weight_unit' => $country['weight_unit'],
		'woocommerce_dimension_unit' => $country['dimension_unit'],
		// A new identity for every shop.
		'woocommerce_store_id' => sprintf('%s-%s-%s-%s-%s', ...array_map(
			static fn (int $bytes) => bin2hex(random_bytes($bytes)), array(4, 2, 2, 2, 6))),
		'woocommerce_admin_install_timestamp' => (string) time(),
	);
	foreach ($settings as $name => $value) {
		$database->run("REPLACE INTO wp_options (option_name, option_value, autoload) VALUES (?, ?, 'on')", $name, $value);
	}
	$changed = $database->run("UPDATE wp_woocommerce_shipping_zone_locations SET location_code = ? WHERE location_type = 'country'", $store->country);
	if ($changed > 1) {
		throw new Failure(Failure::OTHER, "the template ships to $changed countries where one should be");
	}
	$database->run('UPDATE wp_actionscheduler_actions SET scheduled_date_gmt = UTC_TIMESTAMP(), scheduled_date_local = UTC_TIMESTAMP()');
}

function must(mixed $value, string $words): mixed
{
	return $value ?: throw new Failure(Failure::OTHER, "the shop is not as it should be: $words");
}

/** Looks at the shop as a visitor's requests would, inside this process: products, cart, shipping, payment. */
function checkShop(Settings $store): void
{
	must(defined('WC_VERSION'), 'WooCommerce is not active');
	must(get_option('permalink_structure'), 'it has no permalinks');
	must(get_option('woocommerce_coming_soon') === 'no', 'it says "coming soon"');
	must(Automattic\WooCommerce\Utilities\OrderUtil::custom_orders_table_usage_is_enabled(), 'its orders are not in their own tables');
	foreach (array('shop', 'cart', 'checkout', 'myaccount') as $page) {
		must(get_post_status(wc_get_page_id($page)) === 'publish', "it has no page $page");
	}
	$answer = rest_do_request(new WP_REST_Request('GET', '/wc/store/v1/products'));
	must($answer->get_status() === 200, 'its product list answers ' . $answer->get_status());
	$products = wc_get_products(array('status' => 'publish', 'limit' => 1, 'stock_status' => 'instock'));
	if (!$products) {
		must(!$store->sampleProducts || get_option('storewright_upgraded'), 'it has no product');
		must(WC()->payment_gateways()->get_available_payment_gateways(), 'nothing pays for an order');
		return;
	}
	checkPurchase($products[0], $store);
}

/** A cart is filled, shipped and could be paid; nothing of it is kept. */
function checkPurchase(WC_Product $product, Settings $store): void
{
	wc_load_cart();
	WC()->customer->set_billing_country($store->country);
	WC()->customer->set_shipping_country($store->country);
	$cart = WC()->cart;
	must($cart->add_to_cart($product->get_id()), "\"{$product->get_name()}\" does not go into the cart");
	$cart->calculate_totals();
	must((float) $cart->get_total('edit') > 0, 'a full cart costs nothing');
	if ($cart->needs_shipping()) {
		$packages = WC()->shipping()->get_packages();
		must($packages && $packages[0]['rates'], "nothing ships to {$store->country}");
	}
	must(isset(WC()->payment_gateways()->get_available_payment_gateways()['cod']), 'cash on delivery is not offered');
	$cart->empty_cart();
	WC()->session->destroy_session();
}

/** Loading WordPress has brought the tables up to date; what the release asks to be done with the data is done here. */
function upgradeShop(): void
{
	global $wpdb, $wp_db_version;
	require_once ABSPATH . 'wp-admin/includes/upgrade.php';
	if ((int) get_option('db_version') !== $wp_db_version) {
		wp_upgrade();
	}
	// A run that was killed leaves a note that would make the next one do nothing for ten minutes.
	$wpdb->query("DELETE FROM {$wpdb->options} WHERE option_name IN ('_transient_wc_installing', '_transient_timeout_wc_installing')");
	wp_cache_flush();
	WC_Install::install();
	$from = get_option('woocommerce_db_version');
	foreach (WC_Install::get_db_update_callbacks() as $version => $callbacks) {
		if (version_compare($from, $version, '>=')) {
			continue;
		}
		foreach ($callbacks as $callback) {
			say("database update $version: $callback");
			require_once WC_ABSPATH . 'includes/wc-update-functions.php';
			// True: there is more of the same to do.
			for ($again = 0; $again < 10000 && call_user_func($callback) === true; $again++);
		}
		WC_Install::update_db_version($version);
	}
	WC_Install::update_db_version();
	must(WC_Install::verify_base_tables(false) === array(), 'tables are missing after the upgrade');
	delete_option('rewrite_rules'); // made anew by the next request
	update_option('storewright_upgraded', time(), false);
}
