<?php
/** The decimals of each currency, and how each country writes a price. For known.php. */
$locales = include WC_ABSPATH . 'i18n/locale-info.php';
$default = array('currency_pos' => 'left', 'thousand_sep' => ',', 'decimal_sep' => '.', 'weight_unit' => 'kg', 'dimension_unit' => 'cm');
$countries = $currencies = array();
foreach (array_keys(WC()->countries->get_countries()) as $code) {
	$countries[$code] = array_intersect_key($locales[$code] ?? array(), $default) + $default;
}
foreach (array_keys(get_woocommerce_currencies()) as $code) {
	$currencies[$code] = 2;
}
// ISO 4217: what is not written with two decimals.
foreach (array('BIF', 'CLP', 'DJF', 'GNF', 'ISK', 'JPY', 'KMF', 'KRW', 'PYG', 'RWF', 'UGX', 'VND', 'VUV', 'XAF', 'XOF', 'XPF') as $code) {
	$currencies[$code] = 0;
}
foreach (array('BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND') as $code) {
	$currencies[$code] = 3;
}
return array('currencies' => $currencies, 'countries' => $countries);
