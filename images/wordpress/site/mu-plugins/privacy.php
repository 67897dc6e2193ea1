<?php
/**
 * Plugin Name: Storewright: privacy
 * Description: Visitors learn neither who works here nor which versions run.
 */
defined('ABSPATH') || exit;

add_filter('rest_endpoints', static function (array $endpoints): array {
	if (!current_user_can('list_users')) {
		unset($endpoints['/wp/v2/users'], $endpoints['/wp/v2/users/(?P<id>[\d]+)']);
	}
	return $endpoints;
});

// ?author=1 would lead to an address with the admin's name in it.
add_action('template_redirect', static function (): void {
	if (is_author() || (isset($_GET['author']) && !is_user_logged_in())) {
		global $wp_query;
		$wp_query->set_404();
		status_header(404);
		nocache_headers();
		remove_action('template_redirect', 'redirect_canonical');
	}
}, 1);

add_filter('wp_sitemaps_add_provider', static fn ($provider, $name) => $name === 'users' ? false : $provider, 10, 2);
add_filter('the_generator', '__return_empty_string');
remove_action('wp_head', 'wp_generator');
add_filter('xmlrpc_enabled', '__return_false');
// The same words for a name that does not exist and for a password that is wrong.
add_filter('login_errors', static fn () => 'The e-mail address or the password is wrong.');
