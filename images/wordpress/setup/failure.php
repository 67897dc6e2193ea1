<?php
declare(strict_types=1);

/** Why setup ended: its code is the exit status, its message the last line of the output, for a person. */
final class Failure extends RuntimeException
{
	public const WRONG_SETTING = 64;
	public const WRONG_DATABASE = 65;
	public const NO_DATABASE = 69;
	public const OTHER = 70;
	public const NO_SHOP = 72;

	public function __construct(int $status, string $message)
	{
		parent::__construct($message, $status);
	}
}
