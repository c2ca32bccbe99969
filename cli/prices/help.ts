export const HELP = `Changes many prices from the shell, through the API of the shop: select, preview, approve.

  npm run prices -- --category laptops --percent -10 --round 0.99 --dry-run
  npm run prices -- --category laptops --percent -10 --round 0.99 --reason "Autumn sale"
  npm run prices -- --brand Acme --start-sale --percent -20 --reason "Black Friday" \\
                    --at 2026-11-27T09:00 --until 2026-11-30T23:59 --zone Europe/Berlin
  npm run prices -- --undo 0d8f1a52-…  --reason is taken from the edit

Which products. Filters narrow each other; the same filter twice widens it:
  --category SLUG       with what is under it       --brand NAME
  --text WORDS          name, brand or SKU          --active | --discontinued
  --min-price AMOUNT    --max-price AMOUNT          --on-sale | --not-on-sale
  --changed-after TIME  --changed-before TIME       ISO 8601: 2026-11-01T00:00:00Z
  --sku SKU[,SKU…]      --skus-from FILE            one SKU a line; - reads standard input
  --include ID[,ID…]    --exclude ID[,ID…]          single products added, taken away
  --all                 every product: must be said when there is no filter

What happens to each price, in this order:
  --set AMOUNT | --add AMOUNT | --percent N [--of price|compare-at]
                        amounts as 12.90; --add -2.00 takes away; --percent -10 is a tenth less
  --round .99|.95|.00|0.05|0.01   --rounding half-even|up|down   half-even, the nearest, unless given
  --floor AMOUNT        --ceiling AMOUNT
  --start-sale          the price as it was becomes the compare-at price
  --end-sale            the compare-at price becomes the price, and is taken away
  --compare-at AMOUNT|none

What to do with it:
  --dry-run             shows old, new, difference and warnings; stores nothing
  --reason TEXT         why: it stands in the history. Needed unless --dry-run
  --yes                 approves without asking. Beyond the limits of the role also --confirm
  --confirm PHRASE      what the guard rails want typed, for unattended runs
  --at TIME [--until TIME] [--zone ZONE]    applied then, and taken back: 2026-11-27T09:00 Europe/Berlin
  --rows N              rows of the preview to show; 20 unless given
  --json                answers as JSON, one a line, and nothing else on standard output
  --help                this

A file. What it leaves open is said with the options that answer:
  --csv FILE            previews a file (sku,price,compare_at) and asks; - reads standard input
  --encoding NAME       utf-8, windows-1252, utf-16le, macintosh, …
  --numbers point|comma what stands before the decimals
  --dates month-first|day-first     what dates of sales such as 1/5/26 begin with
  --column FIELD=NAME   sku, price, compare_at, sale_price, currency or version is the column NAME; #3 is the third
  --ignore NAME         a column that looks like a price is left out; version: the file wins over later changes
  --empty-compare-at remove|keep    where the new price reaches the compare-at price
  --sales plan|reduce   a sale price: previewed as a sale by its dates (of --zone), or the price from now on
  --near-skus refuse|take           rows whose SKU is nearly that of one product; refuse unless given
  --rejected FILE       writes the rows that are left out, with what is wrong: to be corrected and sent again
  --stock FILE          sets stocks (sku,stock,stock_version) and asks before; takes --encoding, --column with sku,
                        stock or stock_version, --near-skus, --rejected

Other commands, instead of a selection:
  --export FILE         writes the prices of the selection (or of everything with --all); - for standard output
  --list                the newest edits            --schedules        what is planned
  --status ID           one edit                    --watch ID         its progress until it has ended
  --approve ID          a preview that waits        --cancel ID        gives it up, or stops it
  --retry ID            conflicts, once more        --undo ID          the exact reverse, as a new edit
  --cancel-schedule ID  takes it back, or ends it now

Where: EVERGREEN_URL or --url, else the shop of this machine. Who: EVERGREEN_TOKEN, a token of the role that the work needs,
made by an administrator under /admin/tokens. Both may stand in .env.

Ends with 0 done, 1 refused or not approved, 2 not understood, 3 done but for conflicts: prices that another user changed
since the preview. They stay as they are; --retry previews them again.
`
