<?php
declare(strict_types=1);

/** Makes the restored template this store: its name, its owner, its time. What the shop's plugin adds is in shop.php. */
function personalise(Database $database, Settings $store): void
{
	// As WordPress itself keeps a title: themes print it as it is.
	$title = htmlspecialchars($store->title, ENT_QUOTES, 'UTF-8');
	$changed = $database->run('UPDATE wp_options SET option_value = ? WHERE option_value = ?', $title, Template::TITLE);
	if ($changed < 1) {
		throw new Failure(Failure::OTHER, 'the template has no title to replace');
	}
	$changed = $database->run('UPDATE wp_users SET user_pass = ?, user_registered = UTC_TIMESTAMP()', passwordHash($store->adminPassword));
	if ($changed !== 1) {
		throw new Failure(Failure::OTHER, "the template has $changed users where one should be");
	}
	$database->run('UPDATE wp_posts SET post_date = UTC_TIMESTAMP(), post_date_gmt = UTC_TIMESTAMP(),
		post_modified = UTC_TIMESTAMP(), post_modified_gmt = UTC_TIMESTAMP()');
}

/**
 * As wp_hash_password() of WordPress 6.8 makes it, without loading WordPress. The password has 190 bits of chance, so
 * the cost that slows down guessing can be the least that is usual; WordPress raises it at the first sign-in.
 */
function passwordHash(string $password): string
{
	$digest = base64_encode(hash_hmac('sha384', trim($password), 'wp-sha384', true));
	return '$wp' . password_hash($digest, PASSWORD_BCRYPT, array('cost' => 10));
}
