<?php
// unpack.php ZIP OUT: the plugin's files, without what would tell visitors its version and what no shop reads.
[, $file, $out] = $argv;
$zip = new ZipArchive();
if ($zip->open($file, ZipArchive::RDONLY) !== true) {
	fwrite(STDERR, "$file cannot be opened\n");
	exit(1);
}
for ($i = 0; $i < $zip->numFiles; $i++) {
	$name = $zip->getNameIndex($i);
	// The script `material` has looked at the names already; this is where they become files.
	if (!str_starts_with($name, 'woocommerce/') || preg_match('~(^|/)\.\.(/|$)|\\\\~', $name)) {
		fwrite(STDERR, "$file holds $name\n");
		exit(1);
	}
	if (str_ends_with($name, '/') || preg_match('~^woocommerce/(readme\.txt|changelog\.txt|sample-data/)|\.(map|pot)$~', $name)) {
		continue;
	}
	$target = "$out/$name";
	if (!is_dir(dirname($target))) {
		mkdir(dirname($target), 0755, true);
	}
	if (file_put_contents($target, $zip->getFromIndex($i)) === false) {
		exit(1);
	}
	chmod($target, 0644);
}
