<?php
/**
 * What WordPress is told: settings from the environment, secrets from files, nothing from the volume.
 */
$storewright_secret = static function (string $name): string {
	$file = (getenv('SECRETS_DIR') ?: '/run/secrets/store') . '/' . $name;
	$value = @file_get_contents($file);
	if ($value === false || rtrim($value, "\r\n") === '') {
		error_log("the secret file $file cannot be read or is empty");
		http_response_code(500);
		exit(70);
	}
	return rtrim($value, "\r\n");
};

define('DB_HOST', getenv('DATABASE_HOST') . ':' . (getenv('DATABASE_PORT') ?: '3306'));
define('DB_NAME', getenv('DATABASE_NAME'));
define('DB_USER', getenv('DATABASE_USER'));
define('DB_PASSWORD', $storewright_secret('database-password'));
define('DB_CHARSET', 'utf8mb4');
define('DB_COLLATE', 'utf8mb4_unicode_520_ci');
$table_prefix = 'wp_';

// One secret of the store makes all eight; it is never changed, as it signs what visitors hold.
$storewright_seed = $storewright_secret('salt-seed');
foreach (array('AUTH', 'SECURE_AUTH', 'LOGGED_IN', 'NONCE') as $storewright_name) {
	define("{$storewright_name}_KEY", hash_hmac('sha256', "{$storewright_name}_KEY", $storewright_seed));
	define("{$storewright_name}_SALT", hash_hmac('sha256', "{$storewright_name}_SALT", $storewright_seed));
}
unset($storewright_secret, $storewright_seed, $storewright_name);

define('WP_HOME', getenv('STORE_URL'));
define('WP_SITEURL', WP_HOME);
define('FORCE_SSL_ADMIN', str_starts_with(WP_HOME, 'https:'));

// The code is the image's. Without FS_METHOD, WordPress would ask for an FTP server to write a file.
define('FS_METHOD', 'direct');
define('DISALLOW_FILE_MODS', true);
define('AUTOMATIC_UPDATER_DISABLED', true);
// Container "cron" calls wp-cron.php each minute.
define('DISABLE_WP_CRON', true);
// The network policy lets nothing out; asking would only make visitors wait.
define('WP_HTTP_BLOCK_EXTERNAL', true);
define('WP_ACCESSIBLE_HOSTS', (string) getenv('STORE_ACCESSIBLE_HOSTS'));
define('WP_DEBUG', false);
define('WP_POST_REVISIONS', 10);

if (!defined('ABSPATH')) {
	define('ABSPATH', __DIR__ . '/');
}
require_once ABSPATH . 'wp-settings.php';
