-- What each mail and each ticket pays for the mirror of the NOC's blocks (docs/performance.md). Blocks are asked for by one address or one network,
-- which block_current answers as a range; the GiST index on the same column cost twenty times as much as the rest of the insert.
drop index block_ip;
