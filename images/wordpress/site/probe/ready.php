<?php
// Answers 200 if the database answers and setup has ended. Knows nothing of WordPress, so that asking costs nothing.
mysqli_report(MYSQLI_REPORT_OFF);
$database = mysqli_init();
$database->options(MYSQLI_OPT_CONNECT_TIMEOUT, 3);
$database->options(MYSQLI_OPT_READ_TIMEOUT, 3);
$secrets = getenv('SECRETS_DIR') ?: '/run/secrets/store';
$connected = @$database->real_connect(getenv('DATABASE_HOST'), getenv('DATABASE_USER'),
	rtrim((string) file_get_contents("$secrets/database-password"), "\r\n"), getenv('DATABASE_NAME'),
	(int) (getenv('DATABASE_PORT') ?: 3306));
$done = $connected ? $database->query("SELECT 1 FROM storewright_setup WHERE state = 'done'") : false;
$ready = $done && $done->num_rows === 1;
http_response_code($ready ? 200 : 503);
echo $ready ? "ready\n" : ($connected ? "setup has not ended\n" : "the database does not answer\n");
