<?php
/** install-shop.php activate|install|configure: WordPress becomes a shop, in three processes. */
require __DIR__ . '/quiet.php';
require '/usr/share/wordpress/wp-load.php';

/** The plugin is loaded by the next process. */
function activate(): void
{
	update_option('active_plugins', array('woocommerce/woocommerce.php'));
}

function install(): void
{
	// Loading has begun it; the note that it is under way would make this call return in silence.
	delete_transient('wc_installing');
	WC_Install::install();
	do_action('woocommerce_newly_installed');
	WC_Install::newly_installed();
	ensure(WC_Install::verify_base_tables(false) === array(), 'tables are missing');
	ensure(get_option('woocommerce_version') === WC_VERSION, 'WooCommerce has not installed itself');
}

function configure(): void
{
	foreach (array(
		'woocommerce_coming_soon' => 'no',
		'woocommerce_store_pages_only' => 'no',
		'woocommerce_default_country' => 'DE',
		'woocommerce_currency' => 'EUR',
		'woocommerce_custom_orders_table_enabled' => 'yes',
		'woocommerce_custom_orders_table_data_sync_enabled' => 'no',
		'woocommerce_enable_auto_update_db' => 'no',
		'woocommerce_allow_tracking' => 'no',
		'woocommerce_show_marketplace_suggestions' => 'no',
		'woocommerce_enable_guest_checkout' => 'yes',
		'woocommerce_calc_taxes' => 'no',
		'woocommerce_onboarding_profile' => array('skipped' => true, 'completed' => true),
		'woocommerce_task_list_hidden' => 'yes',
		'woocommerce_email_from_name' => 'storewright-template-title',
		'woocommerce_email_from_address' => 'owner@template.invalid',
		'woocommerce_permalinks' => array('product_base' => '/product/', 'category_base' => 'product-category', 'tag_base' => 'product-tag', 'attribute_base' => '', 'use_verbose_page_rules' => false),
		'woocommerce_cod_settings' => array(
			'enabled' => 'yes',
			'title' => 'Cash on delivery',
			'description' => 'Pay with cash upon delivery.',
			'instructions' => 'Pay with cash upon delivery.',
			'enable_for_methods' => array(),
			'enable_for_virtual' => 'yes',
		),
	) as $name => $value) {
		update_option($name, $value);
	}
	orderTables();
	shipping();
	// The shop itself is what a visitor meets first.
	$shop = ensure(wc_get_page_id('shop') > 0 ? wc_get_page_id('shop') : 0, 'there is no shop page');
	update_option('show_on_front', 'page');
	update_option('page_on_front', $shop);
	// Of a way to pay that nobody asked for; it holds the owner's address.
	delete_option('woocommerce_paypal_settings');
}

/** Orders in tables of their own, before the first one. */
function orderTables(): void
{
	$tables = wc_get_container()->get(Automattic\WooCommerce\Internal\DataStores\Orders\DataSynchronizer::class);
	if (!$tables->check_orders_table_exists()) {
		$tables->create_database_tables();
	}
	ensure($tables->check_orders_table_exists(), 'the tables of orders are not there');
}

/** The store's own country, and everywhere else. */
function shipping(): void
{
	$home = new WC_Shipping_Zone();
	$home->set_zone_name('Home');
	$home->add_location('DE', 'country');
	$home->save();
	foreach (array(array($home, '5'), array(new WC_Shipping_Zone(0), '15')) as [$zone, $cost]) {
		$id = $zone->add_shipping_method('flat_rate');
		update_option("woocommerce_flat_rate_{$id}_settings", array('title' => 'Standard shipping', 'tax_status' => 'taxable', 'cost' => $cost));
	}
	WC_Cache_Helper::get_transient_version('shipping', true);
}

ensure(in_array($argv[1] ?? '', array('activate', 'install', 'configure'), true), 'usage: install-shop.php activate|install|configure');
$argv[1]();
$ended = true;
