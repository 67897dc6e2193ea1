<?php
/**
 * Plugin Name: Storewright: mail
 * Description: Sends through the mail server that the store was given; says so where there is none.
 */
defined('ABSPATH') || exit;

add_action('phpmailer_init', static function ($mailer): void {
	if (!getenv('SMTP_HOST')) {
		return;
	}
	$mailer->isSMTP();
	$mailer->Host = getenv('SMTP_HOST');
	$mailer->Port = (int) (getenv('SMTP_PORT') ?: 587);
	$mailer->SMTPSecure = array('starttls' => 'tls', 'tls' => 'ssl')[getenv('SMTP_ENCRYPTION')] ?? '';
	$mailer->SMTPAutoTLS = $mailer->SMTPSecure !== '';
	$mailer->Timeout = 15;
	if (getenv('SMTP_USER')) {
		$mailer->SMTPAuth = true;
		$mailer->Username = getenv('SMTP_USER');
		$mailer->Password = rtrim((string) @file_get_contents('/run/secrets/mail/password'), "\r\n");
	}
});

if (getenv('SMTP_FROM')) {
	add_filter('wp_mail_from', static fn () => getenv('SMTP_FROM'));
}

add_action('wp_mail_failed', static function ($error): void {
	error_log('a mail was not sent: ' . $error->get_error_message());
});

if (!getenv('SMTP_HOST')) {
	// There is no program in the image that could send it: without this the mail would be lost in silence.
	add_filter('pre_wp_mail', static function ($sent, array $mail): bool {
		error_log(sprintf('a mail was not sent, as the store has no mail server: "%s"', $mail['subject']));
		return false;
	}, 10, 2);
	add_action('admin_notices', static function (): void {
		if (current_user_can('manage_options')) {
			echo '<div class="notice notice-warning"><p>This store sends no mail, neither to you nor to your customers: ',
				'it was not given a mail server.</p></div>';
		}
	});
}
