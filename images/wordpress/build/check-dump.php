<?php
/**
 * check-dump.php FILE: what stands for a store's own must stand alone. Inside a serialized value its length is written
 * beside it, so it could not be replaced there.
 */
$sql = file_get_contents($argv[1]);
$faults = array();
// A serialized string as it stands in SQL: s:12:\"...\";
preg_match_all('~s:\d+:\\\\"((?:(?!\\\\";).)*(?:template\.invalid|storewright-template)(?:(?!\\\\";).)*)\\\\";~s', $sql, $found);
foreach ($found[1] as $value) {
	$faults[] = "serialized: $value";
}
// The title is replaced where it is the whole value of an option.
$alone = substr_count($sql, "'storewright-template-title'");
if (substr_count($sql, 'storewright-template') !== $alone) {
	$faults[] = 'the title stands in the middle of something';
}
foreach (array('~template\.invalid(?<!http://template\.invalid)(?<!owner@template\.invalid)~', '~/work/|/build/~') as $pattern) {
	if (preg_match_all("$pattern", $sql, $found, PREG_OFFSET_CAPTURE)) {
		foreach ($found[0] as [, $at]) {
			$faults[] = substr($sql, max(0, $at - 60), 140);
		}
	}
}
if ($faults) {
	fwrite(STDERR, "check-dump: the template cannot be made a store's own:\n" . implode("\n", array_unique($faults)) . "\n");
	exit(1);
}
