<?php
/** visit.php SOCKET SECRETS: what visitors and the owner ask first, so that it is known to work and PHP has compiled it. */
[, $socket, $secrets] = $argv;

function ask(string $path, array $options = array()): array
{
	global $socket, $cookies;
	$request = curl_init("http://tried.example$path");
	curl_setopt_array($request, $options + array(CURLOPT_RETURNTRANSFER => true, CURLOPT_TIMEOUT => 120,
		CURLOPT_UNIX_SOCKET_PATH => $socket, CURLOPT_COOKIEFILE => '', CURLOPT_SHARE => $cookies));
	$body = curl_exec($request);
	return array(curl_getinfo($request, CURLINFO_RESPONSE_CODE), (string) $body);
}

function expect(string $path, string $text, array $options = array()): void
{
	[$status, $body] = ask($path, $options);
	if ($status !== 200 || !str_contains($body, $text)) {
		fwrite(STDERR, "visit: $path answered $status: " . substr(strip_tags($body), 0, 600) . "\n");
		exit(1);
	}
}

$cookies = curl_share_init();
curl_share_setopt($cookies, CURLSHOPT_SHARE, CURL_LOCK_DATA_COOKIE);
// Twice: two servers of the pool begin together.
for ($i = 0; $i < 2; $i++) {
	expect('/wp-json/wc/store/v1/products?per_page=1', '"prices"');
	expect('/', 'T-shirt');
	expect('/product/mug/', 'Add to cart');
	expect('/cart/', 'wp-block-woocommerce-cart');
	expect('/my-account/', 'woocommerce');
	expect('/wp-login.php', 'user_login');
	expect('/wp-cron.php?doing_wp_cron', '');
}
$form = http_build_query(array('log' => trim(file_get_contents("$secrets/admin-email")), 'pwd' => trim(file_get_contents("$secrets/admin-password")),
	'testcookie' => '1'));
ask('/wp-login.php', array(CURLOPT_POSTFIELDS => $form, CURLOPT_COOKIE => 'wordpress_test_cookie=WP%20Cookie%20check'));
expect('/wp-admin/', 'wp-admin-bar');
expect('/wp-admin/admin.php?page=wc-orders', 'wc-orders');
