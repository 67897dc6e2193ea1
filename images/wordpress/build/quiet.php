<?php
/** WordPress while the template is made: it asks nobody and writes to nobody. */
error_reporting(E_ALL & ~E_DEPRECATED);
ini_set('display_errors', 'stderr');
set_exception_handler(static function (Throwable $e): void {
	fwrite(STDERR, "$e\n");
	exit(1);
});
$_SERVER['HTTP_HOST'] = 'template.invalid';
$_SERVER['REQUEST_URI'] = '/';
$_SERVER['REQUEST_METHOD'] = 'GET';
$_SERVER['SERVER_PROTOCOL'] = 'HTTP/1.1';
$ended = false;
// wp_die() and the like end a program as if all were well.
register_shutdown_function(static function () use (&$ended): void {
	if (!$ended) {
		fwrite(STDERR, "WordPress ended in the middle\n");
		exit(1);
	}
});
$GLOBALS['wp_filter'] = array(
	'pre_http_request' => array(0 => array('quiet' => array('accepted_args' => 0, 'function' => static fn () => new WP_Error('quiet', 'no requests')))),
	'pre_wp_mail' => array(0 => array('quiet' => array('accepted_args' => 0, 'function' => static fn () => true))),
);

function ensure(mixed $value, string $words): mixed
{
	return $value ?: throw new RuntimeException($words);
}
