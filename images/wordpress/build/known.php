<?php
/** What setup must know without loading WordPress, as JSON. */
require __DIR__ . '/quiet.php';
require '/usr/share/wordpress/wp-load.php';

$known = array('versions' => array('wordpress' => wp_get_wp_version(), 'shop' => defined('WC_VERSION') ? WC_VERSION : ''));
if (is_file(__DIR__ . '/known-shop.php')) {
	$known += require __DIR__ . '/known-shop.php';
}
echo json_encode($known, JSON_PRETTY_PRINT | JSON_THROW_ON_ERROR), "\n";
$ended = true;
