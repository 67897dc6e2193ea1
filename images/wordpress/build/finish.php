<?php
/** What must be done by a process that finds everything installed, and what a new store shall not find. */
require __DIR__ . '/quiet.php';
require '/usr/share/wordpress/wp-load.php';

foreach (get_posts(array('post_type' => 'revision', 'post_status' => 'any', 'numberposts' => -1)) as $post) {
	wp_delete_post($post->ID, true);
}
flush_rewrite_rules();
ensure(get_option('rewrite_rules'), 'there are no rewrite rules');
global $wpdb;
// Notes of the moment: what was computed can be computed again.
$wpdb->query("DELETE FROM {$wpdb->options} WHERE option_name LIKE '\\_transient\\_%' OR option_name LIKE '\\_site\\_transient\\_%'
	OR option_name LIKE 'action\\_scheduler\\_lock\\_%' OR option_name IN ('recovery_keys', 'auto_updater.lock', 'core_updater.lock')");
// No password opens the template.
$wpdb->update($wpdb->users, array('user_pass' => '*', 'user_activation_key' => '', 'user_url' => ''), array('ID' => 1));
$wpdb->query("DELETE FROM {$wpdb->usermeta} WHERE meta_key = 'session_tokens'");
foreach (array('woocommerce_sessions', 'wc_admin_notes', 'wc_admin_note_actions', 'actionscheduler_logs', 'actionscheduler_claims',
	'woocommerce_log', 'wc_rate_limits') as $table) {
	if ($wpdb->get_var("SHOW TABLES LIKE '{$wpdb->prefix}$table'")) {
		$wpdb->query("DELETE FROM {$wpdb->prefix}$table");
	}
}
if ($wpdb->get_var("SHOW TABLES LIKE '{$wpdb->prefix}actionscheduler_actions'")) {
	$wpdb->query("DELETE FROM {$wpdb->prefix}actionscheduler_actions WHERE status <> 'pending'");
}
$ended = true;
