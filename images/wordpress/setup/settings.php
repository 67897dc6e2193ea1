<?php
declare(strict_types=1);

/**
 * What the store is, from the environment, and its secrets, from files: nothing secret is ever in the environment or in
 * an argument, where other programs could read it.
 */
final class Settings
{
	public readonly string $storeId;
	public readonly string $storeUid;
	public readonly string $title;
	public readonly string $url;
	public readonly string $currency;
	public readonly string $country;
	public readonly bool $sampleProducts;
	public readonly string $adminEmail;
	public readonly string $adminPassword;

	public function __construct()
	{
		$this->storeId = self::setting('STORE_ID');
		$this->storeUid = self::setting('STORE_UID', '');
		$this->title = self::setting('STORE_TITLE', $this->storeId);
		$this->url = self::matching('STORE_URL', null, '~^https?://[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]{1,5})?$~',
			'http://host or https://host');
		$this->currency = strtoupper(self::matching('STORE_CURRENCY', 'eur', '~^[A-Za-z]{3}$~',
			'a currency code of three letters, such as EUR'));
		$this->country = strtoupper(self::matching('STORE_COUNTRY', 'de', '~^[A-Za-z]{2}$~',
			'a country code of two letters, such as DE'));
		$this->sampleProducts = self::matching('STORE_SAMPLE_PRODUCTS', 'yes', '~^(yes|no)$~', 'yes or no') === 'yes';
		if (!mb_check_encoding($this->title, 'UTF-8') || preg_match('~[\x00-\x1f\x7f]~', $this->title)) {
			throw new Failure(Failure::WRONG_SETTING, 'STORE_TITLE has a line break or another control character in it');
		}
		$this->readOwner();
		// wp-config.php reads it; told here in words.
		self::secret('salt-seed');
	}

	private function readOwner(): void
	{
		$this->adminEmail = self::secret('admin-email');
		if (!filter_var($this->adminEmail, FILTER_VALIDATE_EMAIL)) {
			throw new Failure(Failure::WRONG_SETTING, 'the secret admin-email is not an e-mail address');
		}
		$this->adminPassword = self::secret('admin-password');
		if (strlen($this->adminPassword) < 8) {
			throw new Failure(Failure::WRONG_SETTING, 'the secret admin-password must have eight characters or more');
		}
	}

	/** Host, port, name, user and password. */
	public static function database(): array
	{
		return array(
			'host' => self::setting('DATABASE_HOST'),
			'port' => (int) self::matching('DATABASE_PORT', '3306', '~^[0-9]{1,5}$~', 'a port number'),
			'name' => self::setting('DATABASE_NAME'),
			'user' => self::setting('DATABASE_USER'),
			'password' => self::secret('database-password'),
		);
	}

	private static function setting(string $name, ?string $otherwise = null): string
	{
		$value = trim((string) getenv($name));
		if ($value === '') {
			$value = $otherwise ?? throw new Failure(Failure::WRONG_SETTING, "the environment variable $name is not set");
		}
		return $value;
	}

	private static function matching(string $name, ?string $otherwise, string $pattern, string $rule): string
	{
		$value = self::setting($name, $otherwise);
		if (!preg_match($pattern . 'D', $value)) {
			throw new Failure(Failure::WRONG_SETTING, "$name is \"$value\", but must be $rule");
		}
		return $value;
	}

	private static function secret(string $name): string
	{
		$file = (getenv('SECRETS_DIR') ?: '/run/secrets/store') . "/$name";
		$value = @file_get_contents($file);
		if ($value === false) {
			throw new Failure(Failure::WRONG_SETTING, "the secret file $file cannot be read");
		}
		$value = preg_replace('~\r?\n$~D', '', $value);
		if ($value === '') {
			throw new Failure(Failure::WRONG_SETTING, "the secret file $file is empty");
		}
		return $value;
	}
}
