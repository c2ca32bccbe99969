-- The application lists the currencies that the shop sells in (lib/money/currencies.ts), so that another one needs no
-- migration: the table keeps the shape of a code. A default would give a price that names no currency a silent one.
ALTER TABLE "prices" ALTER COLUMN "currency" DROP DEFAULT;
