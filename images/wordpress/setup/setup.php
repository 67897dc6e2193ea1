<?php
/**
 * Prepares a store's database before the shop serves: one process, which may be killed and run again at any moment.
 *
 * The marker row says "restoring" before the first table is made and "done" after the last check, so what a killed run
 * left is known for what it is, and nobody else's data is ever taken for it.
 */
declare(strict_types=1);

foreach (array('failure', 'settings', 'database', 'template', 'personalise') as $storewright_part) {
	require __DIR__ . "/$storewright_part.php";
}

$storewright_begun = microtime(true);
$storewright_ended = false;
// wp_die() and the like end a program as if all were well.
register_shutdown_function(static function () use (&$storewright_ended): void {
	if (!$storewright_ended) {
		fwrite(STDERR, "setup: failed: WordPress ended in the middle; what it said is above\n");
		exit(Failure::OTHER);
	}
});

function say(string $text): void
{
	fwrite(STDOUT, "setup: $text\n");
}

/** What is to be done: "nothing", "restore" or "upgrade". */
function decide(Database $database, Settings $store, array $ours): string
{
	$found = $database->marker();
	if ($found === null) {
		if ($database->tables()) {
			throw new Failure(Failure::WRONG_DATABASE, 'the database holds tables that no setup of a store made; give the store an empty one');
		}
		return 'restore';
	}
	$uid = $found['store_uid'] !== '' && $store->storeUid !== '' && $found['store_uid'] !== $store->storeUid;
	if ($found['store_id'] !== $store->storeId || $uid) {
		throw new Failure(Failure::WRONG_DATABASE, $uid && $found['store_id'] === $store->storeId
			? "the database belongs to an earlier store {$store->storeId} (uid {$found['store_uid']}), not to this one"
			: "the database belongs to the store {$found['store_id']}, not to {$store->storeId}");
	}
	if ($found['state'] === 'restoring') {
		return 'restore';
	}
	foreach (array('wordpress' => 'WordPress', 'shop' => 'WooCommerce') as $part => $name) {
		if (version_compare($found[$part], $ours[$part], '>')) {
			throw new Failure(Failure::WRONG_DATABASE, "the database is of $name {$found[$part]} and this image has {$ours[$part]}: it cannot go back");
		}
	}
	$same = $found['wordpress'] === $ours['wordpress'] && $found['shop'] === $ours['shop'];
	return $found['state'] === 'done' && $same ? 'nothing' : 'upgrade';
}

/** Everything that needs no WordPress. Says what WordPress is needed for then, or "nothing". */
function prepare(Database $database, Settings $store, Template $template): string
{
	$database->connect();
	$database->lock();
	$versions = $template->versions();
	$what = decide($database, $store, $versions);
	if ($what === 'restore') {
		$template->checkSettings($store);
		$database->mark('restoring', $store, $versions, 'restored');
		$database->dropTables();
		$template->restore($database, $store);
		personalise($database, $store);
		if (function_exists('personaliseShop')) {
			personaliseShop($database, $store, $template->known);
		}
		$template->copyUploads($store);
	} elseif ($what === 'upgrade') {
		$from = $database->marker();
		say("the database is of WordPress {$from['wordpress']} and WooCommerce {$from['shop']}; bringing it to {$versions['wordpress']} and {$versions['shop']}");
		$database->mark('upgrading', $store, array('wordpress' => $from['wordpress'], 'shop' => $from['shop']), 'upgrading');
	}
	return $what;
}

function fail(Throwable $e): never
{
	global $storewright_ended;
	$storewright_ended = true;
	if (!$e instanceof Failure) {
		fwrite(STDERR, "$e\n");
	}
	fwrite(STDERR, 'setup: failed: ' . str_replace("\n", ' ', $e->getMessage()) . "\n");
	exit($e instanceof Failure ? $e->getCode() : Failure::OTHER);
}

// The part of the shop's plugin, in an image that has one.
if (is_file(__DIR__ . '/shop.php')) {
	require __DIR__ . '/shop.php';
}

try {
	$storewright_store = new Settings();
	$storewright_template = new Template();
	$storewright_database = new Database(Settings::database());
	$storewright_what = prepare($storewright_database, $storewright_store, $storewright_template);
	if ($storewright_what !== 'nothing') {
		if (!function_exists('checkShop')) {
			throw new Failure(Failure::NO_SHOP, 'WordPress is prepared, but this image has no WooCommerce to activate: use the image "woocommerce"');
		}
		// WordPress wants to be loaded outside of any function. A web request it is not.
		$_SERVER['HTTP_HOST'] = parse_url($storewright_store->url, PHP_URL_HOST);
		$_SERVER['REQUEST_URI'] = '/';
		$_SERVER['REQUEST_METHOD'] = 'GET';
		$_SERVER['HTTPS'] = str_starts_with($storewright_store->url, 'https:') ? 'on' : '';
		define('STOREWRIGHT_SETUP', true);
		// What it says of itself is no page.
		ob_start();
		require '/usr/share/wordpress/wp-load.php';
		ob_end_clean();
		if ($storewright_what === 'upgrade') {
			upgradeShop();
		}
		checkShop($storewright_store);
		$storewright_database->mark('done', $storewright_store, $storewright_template->versions(),
			$storewright_what === 'upgrade' ? 'upgraded' : 'restored');
	}
	$storewright_ended = true;
	say(sprintf('%s (%.1f s)', array(
		'nothing' => 'nothing to do',
		'restore' => 'the store is prepared',
		'upgrade' => 'the store is upgraded',
	)[$storewright_what], microtime(true) - $storewright_begun));
} catch (Throwable $e) {
	fail($e);
}
