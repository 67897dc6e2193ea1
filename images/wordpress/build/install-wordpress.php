<?php
/** An empty database becomes WordPress: one user, no posts, addresses that can be read. */
define('WP_INSTALLING', true);
require __DIR__ . '/quiet.php';
require '/usr/share/wordpress/wp-load.php';
require_once ABSPATH . 'wp-admin/includes/upgrade.php';

ensure(!is_blog_installed(), 'the database is not empty');
$done = wp_install('storewright-template-title', 'owner', 'owner@template.invalid', true, '', bin2hex(random_bytes(20)));
ensure($done['user_id'] === 1, 'the user is not the first one');
foreach (get_posts(array('post_type' => 'any', 'post_status' => 'any', 'numberposts' => -1)) as $post) {
	wp_delete_post($post->ID, true);
}
foreach (get_comments(array('status' => 'any')) as $comment) {
	wp_delete_comment($comment->comment_ID, true);
}
foreach (array(
	'permalink_structure' => '/%postname%/',
	'blogdescription' => '',
	'default_comment_status' => 'closed',
	'default_pingback_flag' => '0',
	'default_ping_status' => 'closed',
	'users_can_register' => '0',
	'timezone_string' => 'UTC',
	'fresh_site' => '0',
) as $name => $value) {
	update_option($name, $value);
}
global $wpdb;
$wpdb->update($wpdb->users, array('user_url' => ''), array('ID' => 1));
$ended = true;
