<?php
// helm test: buys one product as a visitor would, through the Store API, finds the order as the owner would, and
// deletes it.
declare(strict_types=1);

set_exception_handler(static function (Throwable $e): void {
	fwrite(STDERR, "the purchase failed: {$e->getMessage()}\n");
	exit(1);
});

function secret(string $name): string
{
	return trim(file_get_contents(getenv('SECRETS_DIR') . "/$name"));
}

function must(mixed $value, string $words): mixed
{
	return $value ?: throw new RuntimeException($words);
}

/** One person with a browser's cookies. The shop is asked by its Service, and told its own name and scheme. */
final class Person
{
	private CurlHandle $curl;
	private array $seen = array();

	public function __construct()
	{
		$this->curl = curl_init();
		$this->headers = array('Host: ' . parse_url(getenv('STORE_URL'), PHP_URL_HOST),
			'X-Forwarded-Proto: ' . parse_url(getenv('STORE_URL'), PHP_URL_SCHEME));
	}

	private array $headers;
	private array $cookies = array();

	/** Status and body. A header that came with the answer is kept for header(). */
	public function ask(string $method, string $path, ?string $body = null, array $headers = array()): array
	{
		$this->seen = array();
		curl_setopt_array($this->curl, array(
			CURLOPT_URL => getenv('SHOP') . $path,
			CURLOPT_CUSTOMREQUEST => $method,
			CURLOPT_POSTFIELDS => $body,
			CURLOPT_HTTPGET => $body === null && $method === 'GET',
			CURLOPT_HTTPHEADER => array(...$this->headers, ...$headers),
			CURLOPT_COOKIE => implode('; ', $this->cookies),
			CURLOPT_RETURNTRANSFER => true,
			CURLOPT_TIMEOUT => 60,
			CURLOPT_HEADERFUNCTION => fn ($curl, string $line): int => $this->take($line),
		));
		$answer = curl_exec($this->curl);
		must($answer !== false, "$method $path: " . curl_error($this->curl));
		return array(curl_getinfo($this->curl, CURLINFO_RESPONSE_CODE), $answer);
	}

	private function take(string $line): int
	{
		[$name, $value] = explode(':', $line, 2) + array('', '');
		$this->seen[strtolower($name)] = trim($value);
		// The cookies of a shop behind TLS are "secure"; here they go to its Service.
		if (strtolower($name) === 'set-cookie' && preg_match('~^\s*([^=]+)=([^;]*)~', $value, $found)) {
			$this->cookies[$found[1]] = "{$found[1]}={$found[2]}";
		}
		return strlen($line);
	}

	public function header(string $name): string
	{
		return must($this->seen[$name] ?? '', "an answer without the header $name");
	}

	public function call(string $method, string $path, ?array $body = null, array $headers = array()): array
	{
		[$status, $text] = $this->ask($method, $path, $body === null ? null : json_encode($body), array('Content-Type: application/json', ...$headers));
		must($status < 400, "$method $path answered $status: " . substr($text, 0, 500));
		return must(json_decode($text, true), "$method $path answered something else than JSON: " . substr($text, 0, 200));
	}
}

function buy(): array
{
	$visitor = new Person();
	$products = $visitor->call('GET', '/wp-json/wc/store/v1/products?per_page=50&stock_status=instock');
	$bought = array_values(array_filter($products, static fn ($p) => $p['is_purchasable'] && $p['type'] === 'simple' && $p['is_in_stock']));
	must($bought, 'the store has no product that can be bought');
	$visitor->call('GET', '/wp-json/wc/store/v1/cart');
	$token = array('Cart-Token: ' . $visitor->header('cart-token'));
	$visitor->call('POST', '/wp-json/wc/store/v1/cart/add-item', array('id' => $bought[0]['id'], 'quantity' => 1), $token);
	$country = $visitor->call('GET', '/wp-json/wc/store/v1/cart', null, $token)['shipping_address']['country'] ?: 'DE';
	$address = array('first_name' => 'Helm', 'last_name' => 'Test', 'address_1' => '1 Test Street', 'city' => 'Test', 'country' => $country,
		'postcode' => '10115', 'state' => '', 'phone' => '030 1234567', 'email' => 'helm-test@example.com');
	$postcodes = array('US' => array('10001', 'NY'), 'CA' => array('M5V 2T6', 'ON'), 'GB' => array('SW1A 1AA', ''), 'AU' => array('2000', 'NSW'));
	[$address['postcode'], $address['state']] = $postcodes[$country] ?? array('10115', '');
	$shipping = array_diff_key($address, array('email' => ''));
	$order = $visitor->call('POST', '/wp-json/wc/store/v1/checkout', array('billing_address' => $address, 'shipping_address' => $shipping,
		'payment_method' => 'cod'), $token);
	must($order['status'] === 'processing', "the order is {$order['status']} after it was placed");
	echo "order {$order['order_id']}: {$bought[0]['name']}\n";
	return $order;
}

function signIn(): Person
{
	$owner = new Person();
	$owner->ask('GET', '/wp-login.php');
	$form = http_build_query(array('log' => secret('admin-email'), 'pwd' => secret('admin-password'), 'testcookie' => '1'));
	[$status] = $owner->ask('POST', '/wp-login.php', $form);
	must($status === 302, "the owner's sign-in answered $status");
	return $owner;
}

// First, so that no order stays behind where the owner's password was changed since.
$owner = signIn();
[, $nonce] = $owner->ask('GET', '/wp-admin/admin-ajax.php?action=rest-nonce');
$order = buy();
$path = "/wp-json/wc/v3/orders/{$order['order_id']}";
$seen = $owner->call('GET', $path, null, array("X-WP-Nonce: $nonce"));
must((float) $seen['total'] > 0 && $seen['payment_method'] === 'cod', 'the owner sees another order than the visitor');
echo "order {$order['order_id']}: {$seen['total']} {$seen['currency']}, seen by the owner\n";
$owner->call('DELETE', "$path?force=true", null, array("X-WP-Nonce: $nonce"));
[$status] = $owner->ask('GET', $path, null, array("X-WP-Nonce: $nonce"));
must($status === 404, "the order is still there after it was deleted ($status)");
echo "order {$order['order_id']}: deleted\n";
