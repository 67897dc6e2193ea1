<?php
/** Four products to look around with, each with a picture that is drawn here. */
require __DIR__ . '/quiet.php';
require '/usr/share/wordpress/wp-load.php';
require_once ABSPATH . 'wp-admin/includes/image.php';

const SIZE = 900;

/** Shapes on a square of 100: polygons as x, y, x, y …; circles as x, y, diameter. */
const PRODUCTS = array(
	array('name' => 'T-shirt', 'price' => '19', 'category' => 'Clothing', 'ground' => 'e8eef7', 'ink' => '3b6ea5',
		'text' => 'Soft cotton, made to be worn often.',
		'polygons' => array(array(30, 22, 42, 18, 58, 18, 70, 22, 86, 38, 75, 48, 69, 43, 69, 82, 31, 82, 31, 43, 25, 48, 14, 38))),
	array('name' => 'Hooded sweater', 'price' => '45', 'category' => 'Clothing', 'ground' => 'f6ece6', 'ink' => 'b5562f',
		'text' => 'Warm on a windy day, with a pocket for the hands.',
		'polygons' => array(array(38, 16, 62, 16, 68, 26, 86, 42, 80, 78, 71, 76, 70, 50, 70, 86, 30, 86, 30, 50, 29, 76, 20, 78, 14, 42, 32, 26))),
	array('name' => 'Mug', 'price' => '12', 'category' => 'Home', 'ground' => 'eaf4ec', 'ink' => '3f7d55',
		'text' => 'Holds a good third of a litre and keeps it warm.',
		'circles' => array(array(70, 50, 34, 'ink'), array(70, 50, 20, 'ground')),
		'polygons' => array(array(22, 26, 68, 26, 66, 78, 24, 78))),
	array('name' => 'Tote bag', 'price' => '15', 'category' => 'Home', 'ground' => 'f3eff7', 'ink' => '6a4c93',
		'text' => 'For a walk to the market, and for what you find there.',
		'circles' => array(array(50, 40, 34, 'ink'), array(50, 40, 25, 'ground')),
		'polygons' => array(array(22, 40, 78, 40, 84, 86, 16, 86))),
);

function colour(GdImage $image, string $hex): int
{
	return imagecolorallocate($image, ...array_map('hexdec', str_split($hex, 2)));
}

function draw(array $product, string $file): void
{
	$image = imagecreatetruecolor(SIZE, SIZE);
	imageantialias($image, true);
	$colours = array('ground' => colour($image, $product['ground']), 'ink' => colour($image, $product['ink']));
	imagefill($image, 0, 0, $colours['ground']);
	$scale = static fn (int $n): int => (int) ($n * SIZE / 100);
	foreach ($product['circles'] ?? array() as [$x, $y, $diameter, $with]) {
		imagefilledellipse($image, $scale($x), $scale($y), $scale($diameter), $scale($diameter), $colours[$with]);
	}
	foreach ($product['polygons'] as $points) {
		imagefilledpolygon($image, array_map($scale, $points), $colours['ink']);
	}
	ensure(imagewebp($image, $file, 90), "$file cannot be written");
}

/** The picture's row in the media library; its sizes are made as for any upload. */
function attach(array $product): int
{
	$name = sanitize_title($product['name']) . '.webp';
	$folder = wp_upload_dir();
	wp_mkdir_p("{$folder['basedir']}/products");
	draw($product, "{$folder['basedir']}/products/$name");
	$id = wp_insert_attachment(array('post_mime_type' => 'image/webp', 'post_title' => $product['name'], 'post_status' => 'inherit',
		'guid' => "{$folder['baseurl']}/products/$name"), "{$folder['basedir']}/products/$name", 0, true);
	ensure(is_int($id), 'the picture cannot be attached');
	wp_update_attachment_metadata($id, wp_generate_attachment_metadata($id, "{$folder['basedir']}/products/$name"));
	update_post_meta($id, '_wp_attachment_image_alt', $product['name']);
	return $id;
}

foreach (PRODUCTS as $row) {
	$category = term_exists($row['category'], 'product_cat') ?: wp_insert_term($row['category'], 'product_cat');
	$product = new WC_Product_Simple();
	$product->set_name($row['name']);
	$product->set_regular_price($row['price']);
	$product->set_description($row['text']);
	$product->set_short_description($row['text']);
	$product->set_category_ids(array((int) $category['term_id']));
	$product->set_image_id(attach($row));
	$product->set_manage_stock(true);
	$product->set_stock_quantity(1000);
	$product->set_status('publish');
	ensure($product->save(), "{$row['name']} cannot be saved");
}
$ended = true;
