<?php
declare(strict_types=1);

/**
 * The template that every store begins as: a database that was installed with the image, as SQL, the files that go with
 * it, and what it knows (versions, currencies, countries).
 */
final class Template
{
	/** What stands in it for the store's own; build/make-template.sh proves that nothing else does. */
	public const URL = 'http://template.invalid';
	public const EMAIL = 'owner@template.invalid';
	public const TITLE = 'storewright-template-title';

	private const FOLDER = '/usr/share/storewright/template';
	private const UPLOADS = '/usr/share/wordpress/wp-content/uploads';

	public readonly array $known;

	public function __construct()
	{
		$this->known = json_decode(file_get_contents(self::FOLDER . '/known.json'), true, 16, JSON_THROW_ON_ERROR);
	}

	public function versions(): array
	{
		return $this->known['versions'];
	}

	public function checkSettings(Settings $store): void
	{
		foreach (array('currency' => 'currencies', 'country' => 'countries') as $what => $list) {
			if (isset($this->known[$list]) && !isset($this->known[$list][$store->$what])) {
				throw new Failure(Failure::WRONG_SETTING, sprintf('STORE_%s is "%s", which the shop does not know as a %s',
					strtoupper($what), $store->$what, $what));
			}
		}
	}

	/** The data, with the store's address and the owner's e-mail in their places. */
	public function restore(Database $database, Settings $store): void
	{
		$sql = gzdecode(file_get_contents(self::FOLDER . ($store->sampleProducts ? '/sample.sql.gz' : '/base.sql.gz')));
		// The e-mail first: the host is a part of it.
		$database->runScript(strtr($sql, array(
			self::EMAIL => $database->escape($store->adminEmail),
			self::URL => $store->url,
		)));
	}

	/** The files that the data names, into the volume of uploads. */
	public function copyUploads(Settings $store): void
	{
		$this->copyFolder(self::FOLDER . '/uploads', self::UPLOADS);
		if ($store->sampleProducts) {
			$this->copyFolder(self::FOLDER . '/sample-uploads', self::UPLOADS);
		}
	}

	private function copyFolder(string $from, string $to): void
	{
		if (!is_dir($to) && !mkdir($to, 0755)) {
			throw new Failure(Failure::OTHER, "$to cannot be made: is the volume full, or owned by another user?");
		}
		foreach (is_dir($from) ? array_diff(scandir($from), array('.', '..')) : array() as $name) {
			if (is_dir("$from/$name")) {
				$this->copyFolder("$from/$name", "$to/$name");
			} elseif (!copy("$from/$name", "$to/$name")) {
				throw new Failure(Failure::OTHER, "$to/$name cannot be written: is the volume full, or owned by another user?");
			}
		}
	}
}
