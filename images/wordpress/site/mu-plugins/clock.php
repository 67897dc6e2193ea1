<?php
/**
 * Plugin Name: Storewright: clock
 * Description: Jobs run by the container "cron", not in visitors' requests; updates come with the image.
 */
defined('ABSPATH') || exit;

add_filter('action_scheduler_allow_async_request_runner', '__return_false');

// Asking for updates that cannot be installed here only costs time.
foreach (array('update_core', 'update_plugins', 'update_themes') as $storewright_transient) {
	add_filter("pre_site_transient_$storewright_transient", static fn () => (object) array(
		'last_checked' => time(),
		'version_checked' => wp_get_wp_version(),
		'updates' => array(),
		'response' => array(),
		'translations' => array(),
	));
}
unset($storewright_transient);
