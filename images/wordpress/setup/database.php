<?php
declare(strict_types=1);

/** The store's database while it is set up: one connection, one lock, and the row that says what has been done. */
final class Database
{
	private const PATIENCE = 120; // s: a volume may have to be made and a database started
	private const IMPATIENCE = 15; // s: a refused password is seldom mended by waiting
	private const PAUSE = 100_000; // us
	private const LOCK_PATIENCE = 300; // s: another setup at work

	private const REFUSED = array(1044, 1045, 1049, 1698);
	private const STATES = 'storewright_setup';

	private mysqli $link;

	public function __construct(private readonly array $options)
	{
		mysqli_report(MYSQLI_REPORT_ERROR | MYSQLI_REPORT_STRICT);
	}

	/** Connects, however long the server takes to come up within reason. */
	public function connect(): void
	{
		$begun = microtime(true);
		for (;;) {
			try {
				// A server that accepts and then says nothing must not hold us; once it talks it may take its time.
				$this->tryToConnect(3)->close();
				$this->link = $this->tryToConnect(self::LOCK_PATIENCE + 10);
				return;
			} catch (mysqli_sql_exception $e) {
				$waited = microtime(true) - $begun;
				if ($waited > (in_array($e->getCode(), self::REFUSED, true) ? self::IMPATIENCE : self::PATIENCE)) {
					throw new Failure(Failure::NO_DATABASE, sprintf('%s; tried for %d s', $this->inWords($e), $waited));
				}
				usleep(self::PAUSE);
			}
		}
	}

	private function tryToConnect(int $patience): mysqli
	{
		$o = $this->options;
		$link = mysqli_init();
		$link->options(MYSQLI_OPT_CONNECT_TIMEOUT, 3);
		$link->options(MYSQLI_OPT_READ_TIMEOUT, $patience);
		@$link->real_connect($o['host'], $o['user'], $o['password'], $o['name'], $o['port']);
		$link->set_charset('utf8mb4');
		$link->query("SET SESSION sql_mode = 'NO_AUTO_VALUE_ON_ZERO'");
		return $link;
	}

	private function inWords(mysqli_sql_exception $e): string
	{
		$server = "{$this->options['host']}:{$this->options['port']}";
		return match (true) {
			in_array($e->getCode(), array(1045, 1698), true) => "the database at $server refuses the password of user {$this->options['user']}",
			in_array($e->getCode(), array(1044, 1049), true) => "the database server at $server has no database {$this->options['name']} for user {$this->options['user']}",
			str_contains($e->getMessage(), 'getaddrinfo') => "the name {$this->options['host']} of the database server is not known",
			default => "the database at $server does not answer ({$e->getMessage()})",
		};
	}

	/** Held until the connection ends, so that two setups never work at once. */
	public function lock(): void
	{
		$got = $this->row('SELECT GET_LOCK(?, ?) AS got', 'storewright-setup', self::LOCK_PATIENCE)['got'];
		if ($got !== 1) {
			throw new Failure(Failure::NO_DATABASE, sprintf('another setup has worked on this database for %d s', self::LOCK_PATIENCE));
		}
	}

	/** store_id, store_uid, state ("restoring", "upgrading", "done"), wordpress, shop; null: no setup was ever here. */
	public function marker(): ?array
	{
		if (!in_array(self::STATES, $this->allTables(), true)) {
			return null;
		}
		return $this->row('SELECT store_id, store_uid, state, wordpress, shop, how FROM ' . self::STATES);
	}

	/** Says what is being done to the data, and at last that it is done. */
	public function mark(string $state, Settings $store, array $versions, string $how): void
	{
		$this->run('CREATE TABLE IF NOT EXISTS ' . self::STATES . " (
			one TINYINT PRIMARY KEY DEFAULT 1 CHECK (one = 1),
			store_id VARCHAR(63) NOT NULL,
			store_uid VARCHAR(63) NOT NULL,
			state ENUM('restoring', 'upgrading', 'done') NOT NULL,
			wordpress VARCHAR(40) NOT NULL,
			shop VARCHAR(40) NOT NULL,
			how VARCHAR(200) NOT NULL,
			since DATETIME NOT NULL)");
		$this->run('REPLACE INTO ' . self::STATES . ' (one, store_id, store_uid, state, wordpress, shop, how, since)
			VALUES (1, ?, ?, ?, ?, ?, ?, UTC_TIMESTAMP())',
			$store->storeId, $store->storeUid, $state, $versions['wordpress'], $versions['shop'], $how);
	}

	/** Names of all tables but the marker's. */
	public function tables(): array
	{
		return array_values(array_diff($this->allTables(), array(self::STATES)));
	}

	private function allTables(): array
	{
		return array_column($this->link->query('SHOW TABLES')->fetch_all(), 0);
	}

	public function dropTables(): void
	{
		$this->run('SET FOREIGN_KEY_CHECKS = 0');
		foreach ($this->tables() as $name) {
			$this->run('DROP TABLE `' . str_replace('`', '``', $name) . '`');
		}
		$this->run('SET FOREIGN_KEY_CHECKS = 1');
	}

	/** Many statements, as a dump has them. */
	public function runScript(string $sql): void
	{
		$this->link->multi_query($sql);
		do {
			$this->link->store_result();
		} while ($this->link->next_result());
	}

	public function run(string $sql, mixed ...$values): int
	{
		$this->link->execute_query($sql, $values ?: null);
		return $this->link->affected_rows;
	}

	public function row(string $sql, mixed ...$values): ?array
	{
		return $this->link->execute_query($sql, $values ?: null)->fetch_assoc();
	}

	public function escape(string $text): string
	{
		return $this->link->real_escape_string($text);
	}
}
